#include "engine/weights/tensor.h"

#include <bit>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/status_macros.h"
#include "engine/json/json.h"

namespace lathe {
namespace {

static_assert(std::endian::native == std::endian::little, "stored tensors are little-endian and are read as they are");

// The loops below select by masks and not by branches, so the compiler vectorises them on any machine.

// Loads element `i` of a stream of T at any alignment.
template <typename T>
T LoadAt(const uint8_t* bytes, int64_t i) {
  T value;
  std::memcpy(&value, bytes + i * sizeof(T), sizeof(T));
  return value;
}

// IEEE binary16: 1 sign, 5 exponent (bias 15), 10 mantissa bits. Signed arithmetic, because SSE2 compares only that.
int32_t F32BitsOfF16(uint16_t half) {
  const int32_t magnitude = half & 0x7fff;
  const int32_t moved = magnitude << 13;                             // Exponent and mantissa at their places in f32.
  const int32_t normal = moved + ((127 - 15) << 23);                 // The bias of f32.
  const int32_t special = moved | 0x7f800000;                        // Infinity and NaN: an exponent of all ones.
  const float subnormal = static_cast<float>(magnitude) * 0x1p-24f;  // Exact: 10 bits.
  const int32_t is_subnormal = -static_cast<int32_t>(magnitude < 0x0400);
  const int32_t is_special = -static_cast<int32_t>(magnitude > 0x7bff);
  const int32_t finite = (std::bit_cast<int32_t>(subnormal) & is_subnormal) | (normal & ~is_subnormal);
  return (special & is_special) | (finite & ~is_special) | ((magnitude - half) << 16);  // -0x8000 << 16: the sign.
}

void ConvertF16(const uint8_t* bytes, int64_t count, float* out) {
  for (int64_t i = 0; i < count; ++i) out[i] = std::bit_cast<float>(F32BitsOfF16(LoadAt<uint16_t>(bytes, i)));
}

// bfloat16 is the upper half of an f32.
void ConvertBF16(const uint8_t* bytes, int64_t count, float* out) {
  for (int64_t i = 0; i < count; ++i) out[i] = std::bit_cast<float>(uint32_t{LoadAt<uint16_t>(bytes, i)} << 16);
}

}  // namespace

int64_t TensorView::elements() const {
  int64_t count = 1;
  for (int64_t size : shape) count *= size;
  return count;
}

std::string ShapeText(absl::Span<const int64_t> shape) { return absl::StrCat("[", absl::StrJoin(shape, ", "), "]"); }

std::string Place(const TensorView& tensor) {
  return absl::StrCat(tensor.file != nullptr ? *tensor.file : "weights", ": tensor ", Quoted(tensor.name));
}

absl::Status CheckConvertible(const TensorView& tensor) {
  const WeightDType dtype = tensor.dtype;
  if (dtype == WeightDType::kF32 || dtype == WeightDType::kF16 || dtype == WeightDType::kBF16) return absl::OkStatus();
  return absl::UnimplementedError(absl::StrCat(Place(tensor), ": type ", Name(dtype), ", wanted F32, F16 or BF16"));
}

absl::Status ReadF32(const TensorView& tensor, float* out) {
  RETURN_IF_ERROR(CheckConvertible(tensor));
  if (tensor.dtype == WeightDType::kF16) {
    ConvertF16(tensor.bytes.data(), tensor.elements(), out);
  } else if (tensor.dtype == WeightDType::kBF16) {
    ConvertBF16(tensor.bytes.data(), tensor.elements(), out);
  } else if (!tensor.bytes.empty()) {
    std::memcpy(out, tensor.bytes.data(), tensor.bytes.size());
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<float>> ReadF32(const TensorView& tensor) {
  std::vector<float> values(tensor.elements());
  RETURN_IF_ERROR(ReadF32(tensor, values.data()));
  return values;
}

}  // namespace lathe
