#include "engine/weights/content.h"

#include <string>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "engine/weights/safetensors.h"

namespace lathe {
namespace {

// Content that is met under a weight file's name and is none. A magic number would make an absurd header length as
// safetensors, so nothing legal is taken for one of these.
struct ForeignContent {
  absl::string_view magic;
  const char* description;
};
constexpr ForeignContent kForeign[] = {
    {"PK\x03\x04", "a zip archive, as PyTorch's .bin and .pt files are; convert it to safetensors"},
    {"GGUF", "a GGUF file; convert it to safetensors"},
    {"\x80\x02", "a Python pickle, as old PyTorch files are; convert it to safetensors"},
    {"\x89HDF", "an HDF5 file, as Keras writes them; convert it to safetensors"},
    {"\x1f\x8b", "gzip-compressed; decompress it"},
    {"version https://git-lfs", "a Git LFS pointer, not the file that it stands for; run `git lfs pull`"},
    {"<!DOCTYPE", "an HTML page, perhaps saved from a failed download"},
    {"<html", "an HTML page, perhaps saved from a failed download"},
};

absl::string_view Text(absl::Span<const uint8_t> file) {
  return absl::string_view(reinterpret_cast<const char*>(file.data()), file.size());
}

const ForeignContent* FindForeign(absl::Span<const uint8_t> file) {
  for (const ForeignContent& content : kForeign) {
    if (absl::StartsWith(Text(file), content.magic)) return &content;
  }
  return nullptr;
}

// safetensors has no magic number: what nothing else claims is judged by its rules, which say what is wrong.
bool MayBeSafetensors(absl::Span<const uint8_t> file) { return FindForeign(file) == nullptr; }

// In the order of asking; a format with a magic number stands before safetensors, which has none.
constexpr WeightFormat kFormats[] = {
    {"safetensors", MayBeSafetensors, ParseSafetensors, SafetensorsHeaderBytes},
};

}  // namespace

absl::StatusOr<const WeightFormat*> FormatOf(absl::Span<const uint8_t> file) {
  for (const WeightFormat& format : kFormats) {
    if (format.recognises(file)) return &format;
  }
  const std::string wanted =
      absl::StrJoin(kFormats, " or ", [](std::string* out, const WeightFormat& row) { out->append(row.name); });
  return absl::InvalidArgumentError(
      absl::StrCat("wanted ", wanted, "; the content is ", FindForeign(file)->description));
}

}  // namespace lathe
