// Ops that move elements and compute nothing.
//   slice:   y[..., i] = x[..., begin + i], the last dimension cut to [begin, end)
//   concat:  inputs laid one after another along `axis`; every other dimension is the same
//   reshape: the same elements in the same order under another shape
#include <cstring>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/ir/ops/checks.h"
#include "engine/ir/ops/ops.h"

namespace lathe {

absl::StatusOr<Type> InferSlice(const InferenceContext& context) {
  const Type& x = context.inputs[0];
  const int64_t begin = context.attributes.Int("begin");
  const int64_t end = context.attributes.Int("end");
  if (x.rank() < 1 || !x.shape.back().is_constant()) {
    return absl::InvalidArgumentError(
        absl::StrCat("x: got ", x.ToString(), ", wanted a last dimension that is a number"));
  }
  if (begin < 0 || begin >= end || end > Width(x)) {
    return absl::InvalidArgumentError(
        absl::StrCat("got [", begin, ", ", end, "), wanted a range inside [0, ", Width(x), ")"));
  }
  Type type = x;
  type.shape.back() = end - begin;
  return type;
}

absl::StatusOr<Tensor> EvaluateSlice(const EvaluationContext& context) {
  const Tensor& x = context.inputs[0];
  const int64_t begin = context.attributes.Int("begin");
  const int64_t width = context.attributes.Int("end") - begin;
  const int64_t element = SizeOf(x.dtype());
  std::vector<int64_t> shape = x.shape();
  const int64_t x_width = shape.back();
  shape.back() = width;
  Tensor y(x.dtype(), std::move(shape));
  for (int64_t row = 0; row * width < y.size(); ++row) {
    std::memcpy(static_cast<char*>(y.mutable_bytes()) + row * width * element,
                static_cast<const char*>(x.bytes()) + (row * x_width + begin) * element,
                static_cast<size_t>(width * element));
  }
  return y;
}

absl::StatusOr<Type> InferConcat(const InferenceContext& context) {
  Type type = context.inputs[0];
  const int64_t axis = context.attributes.Int("axis");
  if (axis < 0 || axis >= type.rank()) {
    return absl::InvalidArgumentError(absl::StrCat("attribute axis: got ", axis, ", wanted 0 to ", type.rank() - 1));
  }
  for (size_t i = 1; i < context.inputs.size(); ++i) {
    Type wanted = context.inputs[0];
    if (context.inputs[i].rank() == wanted.rank()) wanted.shape[axis] = context.inputs[i].shape[axis];
    RETURN_IF_ERROR(WantType(absl::StrCat("input ", i), context.inputs[i], wanted));
    type.shape[axis] = type.shape[axis] + context.inputs[i].shape[axis];
  }
  return type;
}

absl::StatusOr<Tensor> EvaluateConcat(const EvaluationContext& context) {
  const size_t axis = static_cast<size_t>(context.attributes.Int("axis"));
  std::vector<int64_t> shape = context.inputs[0].shape();
  shape[axis] = 0;
  for (const Tensor& input : context.inputs) shape[axis] += input.shape()[axis];
  int64_t outer = 1;
  for (size_t i = 0; i < axis; ++i) outer *= shape[i];
  Tensor y(context.inputs[0].dtype(), std::move(shape));
  char* to = static_cast<char*>(y.mutable_bytes());
  for (int64_t block = 0; block < outer; ++block) {
    for (const Tensor& input : context.inputs) {
      const int64_t bytes = input.byte_size() / outer;
      if (bytes > 0)
        std::memcpy(to, static_cast<const char*>(input.bytes()) + block * bytes, static_cast<size_t>(bytes));
      to += bytes;
    }
  }
  return y;
}

absl::StatusOr<Type> InferReshape(const InferenceContext& context) {
  const Type& x = context.inputs[0];
  Type type{x.dtype, context.attributes.Dims("shape")};
  RETURN_IF_ERROR(CheckType(type));
  if (ElementCount(type.shape) != ElementCount(x.shape)) {
    return absl::InvalidArgumentError(absl::StrCat("got ", ElementCount(x.shape).ToString(), " elements in ",
                                                   x.ToString(), ", wanted ", ElementCount(type.shape).ToString(),
                                                   " for ", ToString(type.shape)));
  }
  return type;
}

absl::StatusOr<Tensor> EvaluateReshape(const EvaluationContext& context) {
  std::vector<int64_t> shape;
  for (const Dim& dim : context.attributes.Dims("shape")) shape.push_back(dim.Evaluate(context.extents));
  const Tensor x = context.inputs[0];
  return Tensor(x.dtype(), std::move(shape), x.bytes(), std::make_shared<Tensor>(x));
}

}  // namespace lathe
