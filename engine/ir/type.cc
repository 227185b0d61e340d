#include "engine/ir/type.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace lathe {
namespace {

struct DTypeRow {
  DType dtype;
  absl::string_view name;
  int64_t size;
};
constexpr DTypeRow kDTypes[] = {
    {DType::kF32, "f32", 4}, {DType::kBF16, "bf16", 2}, {DType::kF16, "f16", 2},   {DType::kI32, "i32", 4},
    {DType::kS8, "s8", 1},   {DType::kU8, "u8", 1},     {DType::kBool, "bool", 1},
};

const DTypeRow& Row(DType dtype) { return kDTypes[static_cast<size_t>(dtype)]; }

// Adds "+3*T" or so to `text`; nothing for a factor of zero.
void AppendTerm(int64_t factor, absl::string_view symbol, std::string* text) {
  if (factor == 0) return;
  if (factor > 0 && !text->empty()) absl::StrAppend(text, "+");
  if (symbol.empty()) {
    absl::StrAppend(text, factor);
  } else if (factor == 1) {
    absl::StrAppend(text, symbol);
  } else {
    absl::StrAppend(text, factor, "*", symbol);
  }
}

}  // namespace

absl::string_view Name(DType dtype) { return Row(dtype).name; }

std::optional<DType> ParseDType(absl::string_view name) {
  for (const DTypeRow& row : kDTypes) {
    if (row.name == name) return row.dtype;
  }
  return std::nullopt;
}

int64_t SizeOf(DType dtype) { return Row(dtype).size; }

std::string Dim::ToString() const {
  std::string text;
  AppendTerm(tokens, "T", &text);
  AppendTerm(sequences, "N", &text);
  AppendTerm(constant, "", &text);
  return text.empty() ? "0" : text;
}

std::string ToString(const Shape& shape) {
  return absl::StrCat(
      "[", absl::StrJoin(shape, ", ", [](std::string* out, const Dim& dim) { absl::StrAppend(out, dim.ToString()); }),
      "]");
}

std::string Type::ToString() const { return absl::StrCat(Name(dtype), lathe::ToString(shape)); }

Dim ElementCount(const Shape& shape) {
  Dim count = 1;
  for (const Dim& dim : shape) count = dim.is_constant() ? count * dim.constant : dim * count.constant;
  return count;
}

}  // namespace lathe
