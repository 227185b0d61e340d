// A concrete array: what the reference evaluation computes with, and what a constant holds.
#ifndef LATHE_ENGINE_IR_TENSOR_H_
#define LATHE_ENGINE_IR_TENSOR_H_

#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

#include "absl/types/span.h"
#include "engine/ir/dtype.h"

namespace lathe {

// The C++ type of an element. bf16 and f16 are their bits; bool is a byte that is 0 or 1.
template <typename T>
struct DTypeOf;
template <>
struct DTypeOf<float> {
  static constexpr DType value = DType::kF32;
};
template <>
struct DTypeOf<int32_t> {
  static constexpr DType value = DType::kI32;
};
template <>
struct DTypeOf<int8_t> {
  static constexpr DType value = DType::kS8;
};

// Row-major and dense. Copies share the elements; a tensor is written only by the one who made it, before it is shared.
class Tensor {
 public:
  Tensor() = default;
  // Zeros. Memory is 64-byte aligned.
  Tensor(DType dtype, std::vector<int64_t> shape);
  // Elements that somebody else holds: `owner` keeps them alive.
  Tensor(DType dtype, std::vector<int64_t> shape, const void* data, std::shared_ptr<const void> owner);
  template <typename T>
  static Tensor Of(std::vector<int64_t> shape, const std::vector<T>& values) {
    Tensor tensor(DTypeOf<T>::value, std::move(shape));
    std::memcpy(tensor.mutable_bytes(), values.data(), values.size() * sizeof(T));
    return tensor;
  }

  DType dtype() const { return dtype_; }
  const std::vector<int64_t>& shape() const { return shape_; }
  int64_t rank() const { return static_cast<int64_t>(shape_.size()); }
  int64_t size() const;  // Elements.
  int64_t byte_size() const { return size() * SizeOf(dtype_); }
  const void* bytes() const { return data_; }
  void* mutable_bytes() { return const_cast<void*>(data_); }

  // Requires: T is the element type.
  template <typename T>
  absl::Span<const T> data() const {
    return {static_cast<const T*>(data_), static_cast<size_t>(size())};
  }
  template <typename T>
  absl::Span<T> mutable_data() {
    return {static_cast<T*>(mutable_bytes()), static_cast<size_t>(size())};
  }

 private:
  DType dtype_ = DType::kF32;
  std::vector<int64_t> shape_ = {0};
  const void* data_ = nullptr;
  std::shared_ptr<const void> owner_;
};

// f32 to and from the 16-bit types, rounding to nearest even.
float FromBF16(uint16_t bits);
float FromF16(uint16_t bits);
uint16_t ToBF16(float value);
uint16_t ToF16(float value);

// Truncates toward zero and saturates; a NaN is 0.
int32_t ToI32(double value);

// The same elements in another type. Integers from floats truncate toward zero and saturate; bool is "not zero".
Tensor Cast(const Tensor& tensor, DType to);

}  // namespace lathe

#endif  // LATHE_ENGINE_IR_TENSOR_H_
