#include "server/handlers/render.h"

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "engine/base/status_macros.h"
#include "engine/models/scores.h"

namespace lathe {
namespace {

absl::Status RenderResult(const ServedModelOptions& model, const v1::ClassifyOptions& options,
                          absl::Span<const float> logits, v1::Result& result) {
  ASSIGN_OR_RETURN(const std::vector<float> scores, Scores(logits, model.problem_type));
  const int64_t count = options.top_k() > 0 ? options.top_k() : static_cast<int64_t>(scores.size());
  for (const int32_t index : TopK(scores, count)) {
    v1::Label& label = *result.add_labels();
    label.set_name(model.labels[index]);
    label.set_score(scores[index]);
  }
  if (options.raw_logits()) result.mutable_logits()->Add(logits.begin(), logits.end());
  return absl::OkStatus();
}

}  // namespace

absl::Status Render(const ServedModelOptions& model, const v1::ClassifyOptions& options, const Outputs& outputs,
                    v1::ClassifyResponse& response) {
  const size_t labels = model.labels.size();
  const absl::Span<const float> logits(outputs.logits);
  for (int i = 0; i < response.results_size(); ++i) {
    const absl::Span<const float> row = logits.subspan(i * labels, labels);
    RETURN_IF_ERROR(RenderResult(model, options, row, *response.mutable_results(i)));
  }
  response.mutable_timings()->set_queue_seconds(Seconds(outputs.queue));
  response.mutable_timings()->set_compute_seconds(Seconds(outputs.compute));
  return absl::OkStatus();
}

}  // namespace lathe
