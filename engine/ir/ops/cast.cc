// cast: the same elements in another type.
// quantize: y[r, i] = clamp(round_to_nearest_even(x[r, i] / scale[r]), -127, 127) as s8; a row whose scale is 0 gives
// zeros. dequantize: y[r, i] = x[r, i] * scale[r]. Shapes: x [..., D], scale f32[..., 1], one per row.
#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/ir/ops/checks.h"
#include "engine/ir/ops/ops.h"

namespace lathe {
namespace {

absl::Status CheckScale(const Type& x, const Type& scale) {
  if (x.rank() < 1) return absl::InvalidArgumentError("x: got a scalar, wanted rows");
  Type wanted{DType::kF32, x.shape};
  wanted.shape.back() = 1;
  return WantType("scale", scale, wanted);
}

}  // namespace

absl::StatusOr<Type> InferCast(const InferenceContext& context) {
  const std::string to = context.attributes.Word("to");
  const std::optional<DType> dtype = ParseDType(to);
  if (!dtype.has_value()) return absl::InvalidArgumentError(absl::StrCat("attribute to: got ", to, ", wanted a type"));
  return Type{*dtype, context.inputs[0].shape};
}

absl::StatusOr<Tensor> EvaluateCast(const EvaluationContext& context) {
  return Cast(context.inputs[0], *ParseDType(context.attributes.Word("to")));
}

absl::StatusOr<Type> InferQuantize(const InferenceContext& context) {
  RETURN_IF_ERROR(WantDType("x", context.inputs[0], DType::kF32));
  RETURN_IF_ERROR(CheckScale(context.inputs[0], context.inputs[1]));
  return Type{DType::kS8, context.inputs[0].shape};
}

absl::StatusOr<Tensor> EvaluateQuantize(const EvaluationContext& context) {
  const Tensor& x = context.inputs[0];
  const int64_t width = x.shape().back();
  Tensor y(DType::kS8, x.shape());
  for (int64_t i = 0; i < x.size(); ++i) {
    const float scale = context.inputs[1].data<float>()[i / width];
    const float quotient = scale != 0 ? x.data<float>()[i] / scale : 0;
    y.mutable_data<int8_t>()[i] = static_cast<int8_t>(std::clamp(std::nearbyint(quotient), -127.0f, 127.0f));
  }
  return y;
}

absl::StatusOr<Type> InferDequantize(const InferenceContext& context) {
  RETURN_IF_ERROR(WantDType("x", context.inputs[0], DType::kS8));
  RETURN_IF_ERROR(CheckScale(context.inputs[0], context.inputs[1]));
  return Type{DType::kF32, context.inputs[0].shape};
}

absl::StatusOr<Tensor> EvaluateDequantize(const EvaluationContext& context) {
  const Tensor& x = context.inputs[0];
  const int64_t width = x.shape().back();
  Tensor y(DType::kF32, x.shape());
  for (int64_t i = 0; i < x.size(); ++i) {
    y.mutable_data<float>()[i] = static_cast<float>(x.data<int8_t>()[i]) * context.inputs[1].data<float>()[i / width];
  }
  return y;
}

}  // namespace lathe
