#include "engine/models/scores.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"

namespace lathe {
namespace {

absl::Status CheckFinite(absl::Span<const float> logits) {
  for (size_t i = 0; i < logits.size(); ++i) {
    if (!std::isfinite(logits[i])) return absl::InternalError(absl::StrCat("logit ", i, " is not finite"));
  }
  return absl::OkStatus();
}

// Softmax does not change when all logits are moved: by the largest, so that no exponent is above 0.
void Softmax(std::vector<float>& values) {
  const double highest = *std::max_element(values.begin(), values.end());
  double sum = 0;
  for (float value : values) sum += std::exp(value - highest);
  for (float& value : values) value = static_cast<float>(std::exp(value - highest) / sum);
}

// In f64 the exponential of any f32 below 709 is finite, and above it 1 / (1 + infinity) is the right 0.
float Sigmoid(float logit) { return static_cast<float>(1 / (1 + std::exp(-static_cast<double>(logit)))); }

}  // namespace

absl::StatusOr<std::vector<float>> Scores(absl::Span<const float> logits, ProblemType problem_type) {
  RETURN_IF_ERROR(CheckFinite(logits));
  std::vector<float> scores(logits.begin(), logits.end());
  if (scores.empty()) return scores;
  switch (problem_type) {
    case ProblemType::kSingleLabel:
      Softmax(scores);
      break;
    case ProblemType::kMultiLabel:
      std::transform(scores.begin(), scores.end(), scores.begin(), Sigmoid);
      break;
    case ProblemType::kRegression:
      break;
  }
  return scores;
}

std::vector<int32_t> TopK(absl::Span<const float> scores, int64_t k) {
  std::vector<int32_t> order(scores.size());
  std::iota(order.begin(), order.end(), 0);
  const size_t kept = static_cast<size_t>(std::min<int64_t>(k, static_cast<int64_t>(order.size())));
  std::partial_sort(order.begin(), order.begin() + kept, order.end(),
                    [&](int32_t a, int32_t b) { return scores[a] != scores[b] ? scores[a] > scores[b] : a < b; });
  order.resize(kept);
  return order;
}

}  // namespace lathe
