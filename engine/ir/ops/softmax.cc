// softmax over the last dimension: y[r, i] = exp(x[r, i] - max x[r]) / sum over j of exp(x[r, j] - max x[r]).
// Shapes: x f32[..., D] -> f32[..., D].
#include "kernels/softmax/softmax.h"

#include "engine/base/status_macros.h"
#include "engine/ir/ops/checks.h"
#include "engine/ir/ops/ops.h"

namespace lathe {

absl::StatusOr<Type> InferSoftmax(const InferenceContext& context) {
  RETURN_IF_ERROR(WantRows("x", context.inputs[0]));
  return context.inputs[0];
}

absl::StatusOr<Tensor> EvaluateSoftmax(const EvaluationContext& context) {
  const Tensor& x = context.inputs[0];
  Tensor y(DType::kF32, x.shape());
  kernels::SoftmaxArgs args;
  args.x = x.data<float>().data();
  args.y = y.mutable_data<float>().data();
  args.width = args.x_stride = args.y_stride = x.shape().back();
  args.rows = x.size() / args.width;
  kernels::SoftmaxReference(args);
  return y;
}

}  // namespace lathe
