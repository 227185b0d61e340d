#include "engine/weights/tensor.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "engine/base/status_matchers.h"

namespace lathe {
namespace {

using ::testing::HasSubstr;

// All 65,536 values of a 16-bit type, stored one byte off any alignment.
std::vector<uint8_t> AllSixteenBitValues() {
  std::vector<uint8_t> bytes(1 + 2 * 65536);
  for (uint32_t i = 0; i < 65536; ++i) {
    const uint16_t value = static_cast<uint16_t>(i);
    std::memcpy(&bytes[1 + 2 * i], &value, 2);
  }
  return bytes;
}

TensorView View(WeightDType dtype, int64_t size, absl::Span<const uint8_t> bytes) {
  return TensorView{"t", dtype, {size}, bytes, nullptr};
}

// The value of a binary16 by its definition.
double HalfValue(uint16_t half) {
  const int exponent = (half >> 10) & 31;
  const int mantissa = half & 1023;
  double value = exponent == 0 ? std::ldexp(mantissa, -24) : std::ldexp(1024 + mantissa, exponent - 25);
  if (exponent == 31) value = mantissa ? std::numeric_limits<double>::quiet_NaN() : INFINITY;
  return half & 0x8000 ? -value : value;
}

TEST(ReadF32, EveryF16IsExact) {
  const std::vector<uint8_t> bytes = AllSixteenBitValues();
  ASSERT_OK_AND_ASSIGN(auto values, ReadF32(View(WeightDType::kF16, 65536, absl::MakeSpan(bytes).subspan(1))));
  for (int i = 0; i < 65536; ++i) {
    const float wanted = static_cast<float>(HalfValue(static_cast<uint16_t>(i)));
    EXPECT_EQ(std::signbit(values[i]), (i & 0x8000) != 0) << i;
    if (std::isnan(wanted)) {
      EXPECT_TRUE(std::isnan(values[i])) << i;
    } else {
      EXPECT_EQ(values[i], wanted) << i;
    }
  }
}

TEST(ReadF32, EveryBF16IsTheUpperHalfOfItsF32) {
  const std::vector<uint8_t> bytes = AllSixteenBitValues();
  ASSERT_OK_AND_ASSIGN(auto values, ReadF32(View(WeightDType::kBF16, 65536, absl::MakeSpan(bytes).subspan(1))));
  for (uint32_t i = 0; i < 65536; ++i) EXPECT_EQ(std::bit_cast<uint32_t>(values[i]), i << 16) << i;
}

TEST(ReadF32, F32IsCopiedBitByBit) {
  const uint32_t stored[] = {0x3f800000, 0x00000001, 0x7fc12345, 0x80000000};
  std::vector<uint8_t> bytes(1 + sizeof(stored));
  std::memcpy(&bytes[1], stored, sizeof(stored));
  ASSERT_OK_AND_ASSIGN(auto values, ReadF32(View(WeightDType::kF32, 4, absl::MakeSpan(bytes).subspan(1))));
  for (int i = 0; i < 4; ++i) EXPECT_EQ(std::bit_cast<uint32_t>(values[i]), stored[i]) << i;
}

TEST(ReadF32, OtherTypesAreRefusedByName) {
  const std::string file = "x/model.safetensors";
  const std::vector<uint8_t> bytes(8);
  TensorView tensor = View(WeightDType::kI64, 1, bytes);
  tensor.file = &file;
  EXPECT_THAT(ReadF32(tensor),
              StatusIs(absl::StatusCode::kUnimplemented,
                       HasSubstr("x/model.safetensors: tensor \"t\": type I64, wanted F32, F16 or BF16")));
}

TEST(WeightDType, NamesRoundTrip) {
  for (int i = 0; i <= static_cast<int>(WeightDType::kU64); ++i) {
    EXPECT_EQ(WeightDTypeNamed(Name(static_cast<WeightDType>(i))), static_cast<WeightDType>(i));
  }
  EXPECT_EQ(WeightDTypeNamed("f16"), std::nullopt);
}

}  // namespace
}  // namespace lathe
