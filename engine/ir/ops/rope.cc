// rope: rotary position embedding. Each head's vector is read as two halves (a, b); pair j turns by the angle
// positions[t] * base^(-2j / head_dim):  a' = a cos - b sin,  b' = b cos + a sin.
// Shapes: x f32[T, H * head_dim], positions i32[T] -> f32[T, H * head_dim].  Source: Su et al. 2021, arXiv 2104.09864;
// halves instead of neighbours, as Hugging Face's models lay them out.
#include <cmath>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/ir/ops/checks.h"
#include "engine/ir/ops/ops.h"

namespace lathe {

absl::StatusOr<Type> InferRope(const InferenceContext& context) {
  const Type& x = context.inputs[0];
  RETURN_IF_ERROR(WantRows("x", x));
  RETURN_IF_ERROR(WantRank("x", x, 2));
  RETURN_IF_ERROR(WantType("positions", context.inputs[1], Type{DType::kI32, {x.shape[0]}}));
  const int64_t head_dim = context.attributes.Int("head_dim");
  if (head_dim < 2 || head_dim % 2 != 0 || Width(x) % head_dim != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("attribute head_dim: got ", head_dim, ", wanted an even number that divides ", Width(x)));
  }
  return x;
}

absl::StatusOr<Tensor> EvaluateRope(const EvaluationContext& context) {
  const Tensor& x = context.inputs[0];
  const int64_t head_dim = context.attributes.Int("head_dim");
  const int64_t half = head_dim / 2;
  const double base = context.attributes.Number("base", 10000);
  const int64_t width = x.shape()[1];
  Tensor y(DType::kF32, x.shape());
  for (int64_t i = 0; i < x.size(); ++i) {
    const int64_t within = i % width % head_dim;
    const double angle = context.inputs[1].data<int32_t>()[i / width] *
                         std::pow(base, -2.0 * static_cast<double>(within % half) / static_cast<double>(head_dim));
    const bool first_half = within < half;
    const double partner = x.data<float>()[first_half ? i + half : i - half];
    const double turned = x.data<float>()[i] * std::cos(angle) + (first_half ? -partner : partner) * std::sin(angle);
    y.mutable_data<float>()[i] = static_cast<float>(turned);
  }
  return y;
}

}  // namespace lathe
