// Element types of stored tensors: every one that safetensors names, and which of them become f32.
#ifndef LATHE_ENGINE_WEIGHTS_DTYPE_H_
#define LATHE_ENGINE_WEIGHTS_DTYPE_H_

#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"

namespace lathe {

// Source: huggingface/safetensors, src/tensor.rs, enum Dtype. The names are those of the file format.
enum class WeightDType {
  kBool,
  kF4,
  kF6E2M3,
  kF6E3M2,
  kU8,
  kI8,
  kF8E5M2,
  kF8E4M3,
  kF8E8M0,
  kF8E4M3Fnuz,
  kF8E5M2Fnuz,
  kI16,
  kU16,
  kF16,
  kBF16,
  kI32,
  kU32,
  kF32,
  kC64,
  kF64,
  kI64,
  kU64,
};

// "F16", "F8_E4M3", ...
absl::string_view Name(WeightDType dtype);

// The type of that name; empty when there is none. Names are case-sensitive.
std::optional<WeightDType> WeightDTypeNamed(absl::string_view name);

// Bits of one element: 4 to 64.
uint64_t BitsPerElement(WeightDType dtype);

}  // namespace lathe

#endif  // LATHE_ENGINE_WEIGHTS_DTYPE_H_
