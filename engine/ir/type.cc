#include "engine/ir/type.h"

#include <algorithm>

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

constexpr int64_t kDimMax = int64_t{1} << 31;
constexpr int64_t kRankMax = 8;
constexpr double kElementsMax = 1e12;

bool IsInRange(const Dim& dim) {
  const auto [least, most] = std::minmax({dim.constant, dim.tokens, dim.sequences});
  return least >= 0 && most <= kDimMax;
}

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

absl::Status CheckType(const Type& type) {
  if (type.rank() > kRankMax) {
    return absl::InvalidArgumentError(absl::StrCat("rank ", type.rank(), ", wanted at most ", kRankMax));
  }
  int symbolic = 0;
  double elements = 1;
  for (const Dim& dim : type.shape) {
    if (!IsInRange(dim)) {
      return absl::InvalidArgumentError(
          absl::StrCat("dimension ", dim.ToString(), " out of range in ", type.ToString()));
    }
    symbolic += dim.is_constant() ? 0 : 1;
    elements *= static_cast<double>(dim.constant + dim.tokens + dim.sequences);
  }
  if (symbolic > 1) {
    return absl::InvalidArgumentError(absl::StrCat("more than one symbolic dimension in ", type.ToString()));
  }
  if (elements > kElementsMax) {
    return absl::InvalidArgumentError(absl::StrCat("more than 1e12 elements in ", type.ToString()));
  }
  return absl::OkStatus();
}

Dim ElementCount(const Shape& shape) {
  Dim count = 1;
  for (const Dim& dim : shape) count = dim.is_constant() ? count * dim.constant : dim * count.constant;
  return count;
}

}  // namespace lathe
