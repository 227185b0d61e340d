// One row per sequence of x: its first row, its last, or the mean of its rows.
//   gather_first: y[n] = x[cu[n]]    gather_last: y[n] = x[cu[n+1] - 1]    segment_mean: y[n] = mean of x[cu[n] ..
//   cu[n+1])
// Shapes: x f32[T, D], cu_seqlens i32[N+1] -> f32[N, D].
#include <cstring>

#include "engine/base/status_macros.h"
#include "engine/ir/ops/checks.h"
#include "engine/ir/ops/ops.h"

namespace lathe {
namespace {

absl::StatusOr<Type> InferPerSequence(const InferenceContext& context) {
  RETURN_IF_ERROR(WantRows("x", context.inputs[0]));
  RETURN_IF_ERROR(WantRank("x", context.inputs[0], 2));
  RETURN_IF_ERROR(WantDim("x", context.inputs[0], 0, Dim::T()));
  RETURN_IF_ERROR(WantCuSeqlens(context.inputs[1]));
  return Type{DType::kF32, {Dim::N(), context.inputs[0].shape[1]}};
}

// Row `n` of the result is the mean of rows begin(n) .. end(n) of x.
template <typename Range>
Tensor MeanOfRows(const EvaluationContext& context, Range range) {
  const Tensor& x = context.inputs[0];
  const int64_t width = x.shape()[1];
  const absl::Span<const int32_t> cu = context.inputs[1].data<int32_t>();
  Tensor y(DType::kF32, {static_cast<int64_t>(cu.size()) - 1, width});
  for (size_t n = 0; n + 1 < cu.size(); ++n) {
    const auto [begin, end] = range(cu[n], cu[n + 1]);
    for (int64_t i = 0; i < width; ++i) {
      double sum = 0;
      for (int64_t row = begin; row < end; ++row) sum += x.data<float>()[row * width + i];
      y.mutable_data<float>()[static_cast<int64_t>(n) * width + i] =
          static_cast<float>(sum / static_cast<double>(end - begin));
    }
  }
  return y;
}

struct Rows {
  int64_t begin;
  int64_t end;
};

}  // namespace

absl::StatusOr<Type> InferGatherFirst(const InferenceContext& context) { return InferPerSequence(context); }
absl::StatusOr<Type> InferGatherLast(const InferenceContext& context) { return InferPerSequence(context); }
absl::StatusOr<Type> InferSegmentMean(const InferenceContext& context) { return InferPerSequence(context); }

absl::StatusOr<Tensor> EvaluateGatherFirst(const EvaluationContext& context) {
  return MeanOfRows(context, [](int64_t begin, int64_t end) { return Rows{begin, begin + 1}; });
}
absl::StatusOr<Tensor> EvaluateGatherLast(const EvaluationContext& context) {
  return MeanOfRows(context, [](int64_t begin, int64_t end) { return Rows{end - 1, end}; });
}
absl::StatusOr<Tensor> EvaluateSegmentMean(const EvaluationContext& context) {
  return MeanOfRows(context, [](int64_t begin, int64_t end) { return Rows{begin, end}; });
}

}  // namespace lathe
