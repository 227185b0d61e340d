// compare: y[i] = a[i] <is> b[i] as bool, <is> one of lt le gt ge eq ne.   select: y[i] = condition[i] ? a[i] : b[i].
// Both broadcast. Comparisons with a NaN are false, but for ne.
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/ir/ops/broadcast.h"
#include "engine/ir/ops/checks.h"
#include "engine/ir/ops/ops.h"

namespace lathe {
namespace {

using Comparison = bool (*)(float, float);

Comparison FindComparison(absl::string_view name) {
  if (name == "lt") return [](float a, float b) { return a < b; };
  if (name == "le") return [](float a, float b) { return a <= b; };
  if (name == "gt") return [](float a, float b) { return a > b; };
  if (name == "ge") return [](float a, float b) { return a >= b; };
  if (name == "eq") return [](float a, float b) { return a == b; };
  if (name == "ne") return [](float a, float b) { return a != b; };
  return nullptr;
}

}  // namespace

absl::StatusOr<Type> InferCompare(const InferenceContext& context) {
  RETURN_IF_ERROR(WantDType("a", context.inputs[0], DType::kF32));
  RETURN_IF_ERROR(WantDType("b", context.inputs[1], DType::kF32));
  const std::string is = context.attributes.Word("is");
  if (FindComparison(is) == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat("attribute is: got ", is, ", wanted lt, le, gt, ge, eq or ne"));
  }
  ASSIGN_OR_RETURN(Shape shape, BroadcastShapes(context.inputs[0].shape, context.inputs[1].shape));
  return Type{DType::kBool, std::move(shape)};
}

absl::StatusOr<Tensor> EvaluateCompare(const EvaluationContext& context) {
  const Tensor& a = context.inputs[0];
  const Tensor& b = context.inputs[1];
  const Comparison comparison = FindComparison(context.attributes.Word("is"));
  Tensor y(DType::kBool, BroadcastShape(a.shape(), b.shape()));
  for (int64_t i = 0; i < y.size(); ++i) {
    y.mutable_data<uint8_t>()[i] = comparison(a.data<float>()[BroadcastIndex(i, y.shape(), a.shape())],
                                              b.data<float>()[BroadcastIndex(i, y.shape(), b.shape())]);
  }
  return y;
}

absl::StatusOr<Type> InferSelect(const InferenceContext& context) {
  RETURN_IF_ERROR(WantDType("condition", context.inputs[0], DType::kBool));
  RETURN_IF_ERROR(WantDType("a", context.inputs[1], DType::kF32));
  RETURN_IF_ERROR(WantDType("b", context.inputs[2], DType::kF32));
  ASSIGN_OR_RETURN(const Shape values, BroadcastShapes(context.inputs[1].shape, context.inputs[2].shape));
  ASSIGN_OR_RETURN(Shape shape, BroadcastShapes(context.inputs[0].shape, values));
  return Type{DType::kF32, std::move(shape)};
}

absl::StatusOr<Tensor> EvaluateSelect(const EvaluationContext& context) {
  const Tensor& condition = context.inputs[0];
  const Tensor& a = context.inputs[1];
  const Tensor& b = context.inputs[2];
  Tensor y(DType::kF32, BroadcastShape(condition.shape(), BroadcastShape(a.shape(), b.shape())));
  for (int64_t i = 0; i < y.size(); ++i) {
    const bool first = condition.data<uint8_t>()[BroadcastIndex(i, y.shape(), condition.shape())] != 0;
    const Tensor& chosen = first ? a : b;
    y.mutable_data<float>()[i] = chosen.data<float>()[BroadcastIndex(i, y.shape(), chosen.shape())];
  }
  return y;
}

}  // namespace lathe
