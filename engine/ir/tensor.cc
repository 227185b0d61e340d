#include "engine/ir/tensor.h"

#include <cmath>
#include <cstdlib>
#include <limits>
#include <new>
#include <utility>

namespace lathe {
namespace {

constexpr std::align_val_t kAlignment{64};

std::shared_ptr<void> AllocateZeros(int64_t bytes) {
  void* memory = ::operator new(static_cast<size_t>(bytes > 0 ? bytes : 1), kAlignment);
  std::memset(memory, 0, static_cast<size_t>(bytes));
  return {memory, [](void* pointer) { ::operator delete(pointer, kAlignment); }};
}

uint32_t Bits(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  return bits;
}

float FromBits(uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof(value));
  return value;
}

// Every element type fits in a double exactly.
double Load(const Tensor& tensor, int64_t i) {
  const void* bytes = tensor.bytes();
  switch (tensor.dtype()) {
    case DType::kF32:
      return static_cast<const float*>(bytes)[i];
    case DType::kBF16:
      return FromBF16(static_cast<const uint16_t*>(bytes)[i]);
    case DType::kF16:
      return FromF16(static_cast<const uint16_t*>(bytes)[i]);
    case DType::kI32:
      return static_cast<const int32_t*>(bytes)[i];
    case DType::kS8:
      return static_cast<const int8_t*>(bytes)[i];
    case DType::kU8:
    case DType::kBool:
      return static_cast<const uint8_t*>(bytes)[i];
  }
  return 0;
}

template <typename Int>
Int Saturate(double value) {
  if (std::isnan(value)) return 0;
  if (value <= static_cast<double>(std::numeric_limits<Int>::min())) return std::numeric_limits<Int>::min();
  if (value >= static_cast<double>(std::numeric_limits<Int>::max())) return std::numeric_limits<Int>::max();
  return static_cast<Int>(value);
}

void Store(double value, Tensor* tensor, int64_t i) {
  void* bytes = tensor->mutable_bytes();
  switch (tensor->dtype()) {
    case DType::kF32:
      static_cast<float*>(bytes)[i] = static_cast<float>(value);
      return;
    case DType::kBF16:
      static_cast<uint16_t*>(bytes)[i] = ToBF16(static_cast<float>(value));
      return;
    case DType::kF16:
      static_cast<uint16_t*>(bytes)[i] = ToF16(static_cast<float>(value));
      return;
    case DType::kI32:
      static_cast<int32_t*>(bytes)[i] = Saturate<int32_t>(value);
      return;
    case DType::kS8:
      static_cast<int8_t*>(bytes)[i] = Saturate<int8_t>(value);
      return;
    case DType::kU8:
      static_cast<uint8_t*>(bytes)[i] = Saturate<uint8_t>(value);
      return;
    case DType::kBool:
      static_cast<uint8_t*>(bytes)[i] = value != 0;
      return;
  }
}

}  // namespace

Tensor::Tensor(DType dtype, std::vector<int64_t> shape) : dtype_(dtype), shape_(std::move(shape)) {
  owner_ = AllocateZeros(byte_size());
  data_ = owner_.get();
}

Tensor::Tensor(DType dtype, std::vector<int64_t> shape, const void* data, std::shared_ptr<const void> owner)
    : dtype_(dtype), shape_(std::move(shape)), data_(data), owner_(std::move(owner)) {}

int64_t Tensor::size() const {
  int64_t size = 1;
  for (int64_t dim : shape_) size *= dim;
  return size;
}

float FromBF16(uint16_t bits) { return FromBits(static_cast<uint32_t>(bits) << 16); }

uint16_t ToBF16(float value) {
  const uint32_t bits = Bits(value);
  if (std::isnan(value)) return static_cast<uint16_t>((bits >> 16) | 0x40);  // Stays a NaN when cut.
  return static_cast<uint16_t>((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

float FromF16(uint16_t bits) {
  const uint32_t sign = static_cast<uint32_t>(bits & 0x8000) << 16;
  const uint32_t exponent = (bits >> 10) & 0x1f;
  const uint32_t fraction = bits & 0x3ff;
  if (exponent == 0) {
    const float magnitude = std::ldexp(static_cast<float>(fraction), -24);
    return sign != 0 ? -magnitude : magnitude;
  }
  if (exponent == 31) return FromBits(sign | 0x7f800000 | (fraction << 13));
  return FromBits(sign | ((exponent + 112) << 23) | (fraction << 13));
}

uint16_t ToF16(float value) {
  const uint16_t sign = static_cast<uint16_t>((Bits(value) >> 16) & 0x8000);
  const uint32_t magnitude = Bits(value) & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x477ff000) return sign | 0x7c00;  // 65520 and above round to infinity.
  if (magnitude < 0x38800000) {                       // Subnormal in f16: a multiple of 2^-24.
    return sign | static_cast<uint16_t>(std::nearbyint(std::ldexp(FromBits(magnitude), 24)));
  }
  const uint32_t rounded = magnitude + 0xfff + ((magnitude >> 13) & 1);
  return sign | static_cast<uint16_t>((rounded - 0x38000000) >> 13);
}

int32_t ToI32(double value) { return Saturate<int32_t>(value); }

Tensor Cast(const Tensor& tensor, DType to) {
  if (tensor.dtype() == to) return tensor;
  Tensor result(to, tensor.shape());
  for (int64_t i = 0; i < tensor.size(); ++i) Store(Load(tensor, i), &result, i);
  return result;
}

}  // namespace lathe
