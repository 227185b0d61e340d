#include "absl/strings/str_cat.h"
#include "engine/runtime/device.h"

namespace lathe {
namespace {

constexpr Precision kPrecisions[] = {Precision::kF32, Precision::kBF16, Precision::kInt8};

}  // namespace

absl::string_view Name(Precision precision) {
  switch (precision) {
    case Precision::kF32:
      return "f32";
    case Precision::kBF16:
      return "bf16";
    case Precision::kInt8:
      return "int8";
  }
  return "unknown";
}

absl::StatusOr<Precision> ParsePrecision(absl::string_view name) {
  for (const Precision precision : kPrecisions) {
    if (Name(precision) == name) return precision;
  }
  return absl::InvalidArgumentError(absl::StrCat("precision: got ", name, ", wanted f32, bf16 or int8"));
}

}  // namespace lathe
