// linear: y[r, f] = sum over k of x[r, k] * weight[f, k] + bias[f], as PyTorch lays weights out.
// matmul: y[m, n] = sum over k of a[m, k] * b[k, n].
// Sums are in f64.
// Shapes: x f32[..., K], weight f32[F, K], bias f32[F] (may be left out) -> f32[..., F];  a f32[M, K], b f32[K, N] ->
// f32[M, N].
#include "engine/base/status_macros.h"
#include "engine/ir/ops/checks.h"
#include "engine/ir/ops/ops.h"

namespace lathe {
namespace {

// The sum of x[i * x_stride] * y[i * y_stride].
double Dot(const float* x, int64_t x_stride, const float* y, int64_t y_stride, int64_t n) {
  double sum = 0;
  for (int64_t i = 0; i < n; ++i) sum += static_cast<double>(x[i * x_stride]) * y[i * y_stride];
  return sum;
}

}  // namespace

absl::StatusOr<Type> InferLinear(const InferenceContext& context) {
  const Type& x = context.inputs[0];
  const Type& weight = context.inputs[1];
  RETURN_IF_ERROR(WantRows("x", x));
  RETURN_IF_ERROR(WantRows("weight", weight));
  RETURN_IF_ERROR(WantRank("weight", weight, 2));
  RETURN_IF_ERROR(WantDim("weight", weight, 1, x.shape.back()));
  if (context.inputs.size() == 3) {
    RETURN_IF_ERROR(WantType("bias", context.inputs[2], Type{DType::kF32, {weight.shape[0]}}));
  }
  Type type = x;
  type.shape.back() = weight.shape[0];
  return type;
}

absl::StatusOr<Tensor> EvaluateLinear(const EvaluationContext& context) {
  const Tensor& x = context.inputs[0];
  const Tensor& weight = context.inputs[1];
  const int64_t width = weight.shape()[1];
  const int64_t outputs = weight.shape()[0];
  std::vector<int64_t> shape = x.shape();
  shape.back() = outputs;
  Tensor y(DType::kF32, std::move(shape));
  for (int64_t i = 0; i < y.size(); ++i) {
    const float* row = x.data<float>().data() + i / outputs * width;
    double sum = Dot(row, 1, weight.data<float>().data() + i % outputs * width, 1, width);
    if (context.inputs.size() == 3) sum += context.inputs[2].data<float>()[i % outputs];
    y.mutable_data<float>()[i] = static_cast<float>(sum);
  }
  return y;
}

absl::StatusOr<Type> InferMatmul(const InferenceContext& context) {
  const Type& a = context.inputs[0];
  const Type& b = context.inputs[1];
  RETURN_IF_ERROR(WantRows("a", a));
  RETURN_IF_ERROR(WantRank("a", a, 2));
  RETURN_IF_ERROR(WantRows("b", b));
  RETURN_IF_ERROR(WantRank("b", b, 2));
  RETURN_IF_ERROR(WantDim("b", b, 0, a.shape[1]));
  return Type{DType::kF32, {a.shape[0], b.shape[1]}};
}

absl::StatusOr<Tensor> EvaluateMatmul(const EvaluationContext& context) {
  const Tensor& a = context.inputs[0];
  const Tensor& b = context.inputs[1];
  const int64_t depth = b.shape()[0];
  const int64_t columns = b.shape()[1];
  Tensor y(DType::kF32, {a.shape()[0], columns});
  for (int64_t i = 0; i < y.size(); ++i) {
    const float* row = a.data<float>().data() + i / columns * depth;
    const float* column = b.data<float>().data() + i % columns;
    y.mutable_data<float>()[i] = static_cast<float>(Dot(row, 1, column, columns, depth));
  }
  return y;
}

}  // namespace lathe
