// Elementwise functions of two f32 values, with broadcasting: y[i] = f(a[i], b[i]).
#include "engine/base/status_macros.h"
#include "engine/ir/ops/broadcast.h"
#include "engine/ir/ops/checks.h"
#include "engine/ir/ops/ops.h"

namespace lathe {
namespace {

absl::StatusOr<Type> InferBinary(const InferenceContext& context) {
  RETURN_IF_ERROR(WantDType("a", context.inputs[0], DType::kF32));
  RETURN_IF_ERROR(WantDType("b", context.inputs[1], DType::kF32));
  ASSIGN_OR_RETURN(Shape shape, BroadcastShapes(context.inputs[0].shape, context.inputs[1].shape));
  return Type{DType::kF32, std::move(shape)};
}

template <typename Function>
Tensor Zip(const EvaluationContext& context, Function function) {
  const Tensor& a = context.inputs[0];
  const Tensor& b = context.inputs[1];
  Tensor y(DType::kF32, BroadcastShape(a.shape(), b.shape()));
  for (int64_t i = 0; i < y.size(); ++i) {
    y.mutable_data<float>()[i] = function(a.data<float>()[BroadcastIndex(i, y.shape(), a.shape())],
                                          b.data<float>()[BroadcastIndex(i, y.shape(), b.shape())]);
  }
  return y;
}

}  // namespace

#define LATHE_BINARY(enumerator, expression)                                                               \
  absl::StatusOr<Type> Infer##enumerator(const InferenceContext& context) { return InferBinary(context); } \
  absl::StatusOr<Tensor> Evaluate##enumerator(const EvaluationContext& context) {                          \
    return Zip(context, [](float a, float b) -> float { return expression; });                             \
  }

LATHE_BINARY(Add, a + b)
LATHE_BINARY(Sub, a - b)
LATHE_BINARY(Mul, a* b)
LATHE_BINARY(Div, a / b)
LATHE_BINARY(Maximum, a > b ? a : b)
LATHE_BINARY(Minimum, a < b ? a : b)
#undef LATHE_BINARY

}  // namespace lathe
