// Element types of values and tensors.
#ifndef LATHE_ENGINE_IR_DTYPE_H_
#define LATHE_ENGINE_IR_DTYPE_H_

#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"

namespace lathe {

enum class DType : uint8_t { kF32, kBF16, kF16, kI32, kS8, kU8, kBool };

// "f32", "bf16", "f16", "i32", "s8", "u8", "bool".
absl::string_view Name(DType dtype);
std::optional<DType> ParseDType(absl::string_view name);

// Bytes of one element.
int64_t SizeOf(DType dtype);

}  // namespace lathe

#endif  // LATHE_ENGINE_IR_DTYPE_H_
