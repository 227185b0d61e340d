// rms_norm: y[r, i] = x[r, i] * rsqrt(mean(x[r]^2) + eps) * gamma[i], sums in f64.
// Shapes: x f32[..., D], gamma f32[D] -> f32[..., D].  Source: Zhang and Sennrich 2019, arXiv 1910.07467.
#include <cmath>

#include "engine/base/status_macros.h"
#include "engine/ir/ops/checks.h"
#include "engine/ir/ops/ops.h"

namespace lathe {

absl::StatusOr<Type> InferRmsNorm(const InferenceContext& context) {
  const Type& x = context.inputs[0];
  RETURN_IF_ERROR(WantRows("x", x));
  RETURN_IF_ERROR(WantType("gamma", context.inputs[1], Type{DType::kF32, {x.shape.back()}}));
  return x;
}

absl::StatusOr<Tensor> EvaluateRmsNorm(const EvaluationContext& context) {
  const Tensor& x = context.inputs[0];
  const int64_t width = x.shape().back();
  const double epsilon = context.attributes.Number("eps");
  Tensor y(DType::kF32, x.shape());
  for (int64_t row = 0; row * width < x.size(); ++row) {
    const float* in = x.data<float>().data() + row * width;
    double squares = 0;
    for (int64_t i = 0; i < width; ++i) squares += static_cast<double>(in[i]) * in[i];
    const double scale = 1 / std::sqrt(squares / static_cast<double>(width) + epsilon);
    for (int64_t i = 0; i < width; ++i) {
      y.mutable_data<float>()[row * width + i] = static_cast<float>(in[i] * scale * context.inputs[1].data<float>()[i]);
    }
  }
  return y;
}

}  // namespace lathe
