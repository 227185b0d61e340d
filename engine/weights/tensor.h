// A stored tensor: what a weight format's parser yields, and how its elements become f32.
#ifndef LATHE_ENGINE_WEIGHTS_TENSOR_H_
#define LATHE_ENGINE_WEIGHTS_TENSOR_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "engine/weights/dtype.h"

namespace lathe {

// A view: `bytes` and `file` belong to the Weights it was found in.
struct TensorView {
  std::string name;
  WeightDType dtype = WeightDType::kF32;
  std::vector<int64_t> shape;         // Row-major; {} is a scalar; a size may be 0.
  absl::Span<const uint8_t> bytes;    // Little-endian, at any alignment; exactly as long as shape and dtype say.
  const std::string* file = nullptr;  // Path of the file it is in, for errors.

  // Product of the shape. It fits: a parser refuses what does not.
  int64_t elements() const;
};

// "[30522, 768]"
std::string ShapeText(absl::Span<const int64_t> shape);

// `models/x/model.safetensors: tensor "classifier.bias"`, what every error about a tensor begins with.
std::string Place(const TensorView& tensor);

// Whether ReadF32 reads this tensor's type. Errors: as ReadF32.
absl::Status CheckConvertible(const TensorView& tensor);

// Writes the elements as f32, exactly: each F16 and BF16 value, subnormal, infinite or NaN, has its f32 counterpart.
// Requires: tensor.elements() values of room at `out`. Thread-safe.
// Errors: UNIMPLEMENTED (a type other than F32, F16 and BF16; file, tensor and type named).
absl::Status ReadF32(const TensorView& tensor, float* out);

// The same into a vector of its own.
absl::StatusOr<std::vector<float>> ReadF32(const TensorView& tensor);

}  // namespace lathe

#endif  // LATHE_ENGINE_WEIGHTS_TENSOR_H_
