// layer_norm: y[r, i] = (x[r, i] - mean(x[r])) * rsqrt(var(x[r]) + eps) * gamma[i] + beta[i], variance biased.
// Shapes: x f32[..., D], gamma f32[D], beta f32[D] -> f32[..., D].  Source: Ba et al. 2016, arXiv 1607.06450.
#include "kernels/layer_norm/layer_norm.h"

#include "engine/base/status_macros.h"
#include "engine/ir/ops/checks.h"
#include "engine/ir/ops/ops.h"

namespace lathe {

absl::StatusOr<Type> InferLayerNorm(const InferenceContext& context) {
  const Type& x = context.inputs[0];
  RETURN_IF_ERROR(WantRows("x", x));
  RETURN_IF_ERROR(WantType("gamma", context.inputs[1], Type{DType::kF32, {x.shape.back()}}));
  RETURN_IF_ERROR(WantType("beta", context.inputs[2], Type{DType::kF32, {x.shape.back()}}));
  return x;
}

absl::StatusOr<Tensor> EvaluateLayerNorm(const EvaluationContext& context) {
  const Tensor& x = context.inputs[0];
  Tensor y(DType::kF32, x.shape());
  kernels::LayerNormArgs args;
  args.input = x.data<float>().data();
  args.gamma = context.inputs[1].data<float>().data();
  args.beta = context.inputs[2].data<float>().data();
  args.epsilon = static_cast<float>(context.attributes.Number("eps"));
  args.width = args.input_stride = args.y_stride = x.shape().back();
  args.rows = x.size() / args.width;
  args.y = y.mutable_data<float>().data();
  kernels::LayerNormReference(args);
  return y;
}

}  // namespace lathe
