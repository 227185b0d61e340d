// From logits to what a caller reads: scores, and the best of them.
#ifndef LATHE_ENGINE_MODELS_SCORES_H_
#define LATHE_ENGINE_MODELS_SCORES_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "engine/models/config.h"

namespace lathe {

// The scores of one text, one for each logit.
//   kSingleLabel: softmax, exp(l[i]) / sum over j of exp(l[j]); they sum to 1 up to rounding.
//   kMultiLabel:  1 / (1 + exp(-l[i])), each by itself.
//   kRegression:  l[i].
// Computed so that no finite logit overflows. Thread-safe.
// Errors: INTERNAL: a logit that is not finite, with its index; such a text gets no answer.
absl::StatusOr<std::vector<float>> Scores(absl::Span<const float> logits, ProblemType problem_type);

// The indices of the `k` highest scores, highest first; of equal ones the lower index comes first. All of them when
// there are fewer than `k`. Requires: k >= 0, no NaN.
std::vector<int32_t> TopK(absl::Span<const float> scores, int64_t k);

}  // namespace lathe

#endif  // LATHE_ENGINE_MODELS_SCORES_H_
