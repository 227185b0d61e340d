#include "engine/weights/dtype.h"

namespace lathe {
namespace {

struct Row {
  WeightDType dtype;
  const char* name;
  uint64_t bits;
};

// In the order of the enum.
constexpr Row kRows[] = {
    {WeightDType::kBool, "BOOL", 8},
    {WeightDType::kF4, "F4", 4},
    {WeightDType::kF6E2M3, "F6_E2M3", 6},
    {WeightDType::kF6E3M2, "F6_E3M2", 6},
    {WeightDType::kU8, "U8", 8},
    {WeightDType::kI8, "I8", 8},
    {WeightDType::kF8E5M2, "F8_E5M2", 8},
    {WeightDType::kF8E4M3, "F8_E4M3", 8},
    {WeightDType::kF8E8M0, "F8_E8M0", 8},
    {WeightDType::kF8E4M3Fnuz, "F8_E4M3FNUZ", 8},
    {WeightDType::kF8E5M2Fnuz, "F8_E5M2FNUZ", 8},
    {WeightDType::kI16, "I16", 16},
    {WeightDType::kU16, "U16", 16},
    {WeightDType::kF16, "F16", 16},
    {WeightDType::kBF16, "BF16", 16},
    {WeightDType::kI32, "I32", 32},
    {WeightDType::kU32, "U32", 32},
    {WeightDType::kF32, "F32", 32},
    {WeightDType::kC64, "C64", 64},
    {WeightDType::kF64, "F64", 64},
    {WeightDType::kI64, "I64", 64},
    {WeightDType::kU64, "U64", 64},
};

constexpr bool RowsFollowTheEnum() {
  int index = 0;
  for (const Row& row : kRows) {
    if (static_cast<int>(row.dtype) != index++) return false;
  }
  return true;
}
static_assert(RowsFollowTheEnum());

}  // namespace

absl::string_view Name(WeightDType dtype) { return kRows[static_cast<int>(dtype)].name; }

uint64_t BitsPerElement(WeightDType dtype) { return kRows[static_cast<int>(dtype)].bits; }

std::optional<WeightDType> WeightDTypeNamed(absl::string_view name) {
  for (const Row& row : kRows) {
    if (name == row.name) return row.dtype;
  }
  return std::nullopt;
}

}  // namespace lathe
