// reduce: y[r, 0] = sum, mean, max, min or abs_max over x[r, :].  Sums are in f64.
// Shapes: x f32[..., D] -> f32[..., 1].
#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/ir/ops/checks.h"
#include "engine/ir/ops/ops.h"

namespace lathe {
namespace {

using Reduction = double (*)(absl::Span<const float> row);

double Sum(absl::Span<const float> row) {
  double sum = 0;
  for (const float value : row) sum += value;
  return sum;
}

Reduction FindReduction(absl::string_view kind) {
  if (kind == "sum") return Sum;
  if (kind == "mean") return [](absl::Span<const float> row) { return Sum(row) / static_cast<double>(row.size()); };
  if (kind == "max")
    return [](absl::Span<const float> row) -> double { return *std::max_element(row.begin(), row.end()); };
  if (kind == "min")
    return [](absl::Span<const float> row) -> double { return *std::min_element(row.begin(), row.end()); };
  if (kind == "abs_max") {
    return [](absl::Span<const float> row) {
      double most = 0;
      for (const float value : row) most = std::max(most, std::fabs(static_cast<double>(value)));
      return most;
    };
  }
  return nullptr;
}

}  // namespace

absl::StatusOr<Type> InferReduce(const InferenceContext& context) {
  RETURN_IF_ERROR(WantRows("x", context.inputs[0]));
  const std::string kind = context.attributes.Word("kind");
  if (FindReduction(kind) == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat("attribute kind: got ", kind, ", wanted sum, mean, max, min or abs_max"));
  }
  Type type = context.inputs[0];
  type.shape.back() = 1;
  return type;
}

absl::StatusOr<Tensor> EvaluateReduce(const EvaluationContext& context) {
  const Tensor& x = context.inputs[0];
  const Reduction reduction = FindReduction(context.attributes.Word("kind"));
  std::vector<int64_t> shape = x.shape();
  const size_t width = static_cast<size_t>(shape.back());
  shape.back() = 1;
  Tensor y(DType::kF32, std::move(shape));
  for (int64_t row = 0; row < y.size(); ++row) {
    y.mutable_data<float>()[row] = static_cast<float>(reduction(x.data<float>().subspan(row * width, width)));
  }
  return y;
}

}  // namespace lathe
