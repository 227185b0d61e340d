// One version of one model, ready to answer calls: its tokenizer, its labels, its limits and its batcher.
#ifndef LATHE_SERVER_REGISTRY_SERVED_MODEL_H_
#define LATHE_SERVER_REGISTRY_SERVED_MODEL_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/models/config.h"
#include "engine/tokenizers/tokenizer.h"
#include "server/batching/batch_runner.h"
#include "server/batching/batcher.h"
#include "server/batching/clock.h"
#include "server/observability/metrics.h"

namespace lathe {

struct ServedModelOptions {
  std::string name;
  int64_t version = 1;
  std::vector<std::string> labels;  // labels[i] names logit i.
  ProblemType problem_type = ProblemType::kSingleLabel;
  int64_t min_length = 1;                      // Tokens that every pair of texts has, the special ones.
  int64_t max_length = 512;                    // Longest text in tokens; at most batching.token_budget.
  Truncation truncation = Truncation::kRight;  // For calls that do not say.
  int64_t max_texts_per_call = 1024;
  int64_t max_bytes_per_text = 1048576;
  BatcherOptions batching;
};

// Thread-safe. Held by shared_ptr: by the registry, and by each call from when it found the model until it is answered.
// Whoever takes a model out of the registry drains its batcher while holding a reference, so that the last reference is
// never let go on one of the batcher's own threads.
class ServedModel {
 public:
  // `tokenizer` lives as long as `runner`; `metrics` and `clock` outlive the model.
  ServedModel(ServedModelOptions options, const Tokenizer& tokenizer, std::unique_ptr<BatchRunner> runner,
              ModelMetrics& metrics, const Clock& clock)
      : options_(std::move(options)),
        tokenizer_(tokenizer),
        runner_(std::move(runner)),
        metrics_(metrics),
        batcher_(options_.batching, *runner_, metrics, clock) {}

  const ServedModelOptions& options() const { return options_; }
  const Tokenizer& tokenizer() const { return tokenizer_; }
  ModelMetrics& metrics() const { return metrics_; }
  Batcher& batcher() { return batcher_; }

 private:
  const ServedModelOptions options_;
  const Tokenizer& tokenizer_;
  const std::unique_ptr<BatchRunner> runner_;
  ModelMetrics& metrics_;
  Batcher batcher_;  // Goes first: it runs on the others.
};

}  // namespace lathe

#endif  // LATHE_SERVER_REGISTRY_SERVED_MODEL_H_
