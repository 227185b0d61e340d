// A model folder, ready to run: configuration, tokenizer, and the executable that a device compiled from its graph.
//
// This is what the server and the commands use of the engine: they see texts, ids and logits, and no graph.
#ifndef LATHE_ENGINE_LOADER_MODEL_H_
#define LATHE_ENGINE_LOADER_MODEL_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "engine/ir/graph.h"
#include "engine/models/config.h"
#include "engine/runtime/batch.h"
#include "engine/runtime/device.h"
#include "engine/runtime/thread_pool.h"
#include "engine/tokenizers/tokenizer.h"

namespace lathe {

struct ModelOptions {
  std::string folder;  // With config.json, a tokenizer and weights, in the layout that the Hub uses.
  std::string device = "cpu";
  CompileOptions compile;
  // Weights made from this seed instead of read; config.json is then all that the folder must hold, and there is no
  // tokenizer.
  bool random_weights = false;
};

// What loading took, in seconds.
struct LoadTimes {
  double load = 0;     // Configuration, tokenizer, headers of weights, graph.
  double compile = 0;  // All of Device::Compile but packing.
  double pack = 0;     // Reading and packing constants.
};

// Immutable and thread-safe once loaded.
class Model {
 public:
  // `pool` must outlive the model.
  // Errors: NOT_FOUND (a file, an unknown device), INVALID_ARGUMENT and UNIMPLEMENTED as the parts say; each names its
  // file.
  static absl::StatusOr<std::unique_ptr<Model>> Load(const ModelOptions& options, ThreadPool* pool);

  const ModelConfig& config() const { return config_; }
  // Null for a model with random weights.
  const Tokenizer* tokenizer() const { return tokenizer_.get(); }
  // Tokens that one sequence may have: what the position table allows.
  int64_t max_length() const { return config_.positions; }
  int64_t labels() const { return static_cast<int64_t>(config_.labels.size()); }
  const Graph& graph() const { return graph_; }  // Before compilation; its constants can no longer be read.
  const Executable& executable() const { return *executable_; }
  const LoadTimes& load_times() const { return load_times_; }

  // Computes the logits of a batch: row i of `logits`, labels() wide, belongs to sequence i.
  // Errors: INVALID_ARGUMENT (an id outside its table, `logits` of another size), INTERNAL never but for a bug.
  absl::Status Run(const Batch& batch, absl::Span<float> logits) const;

  // Steps with kernels; given a batch, with the times of one run on one thread.
  absl::StatusOr<std::vector<StepRecord>> Explain(const Batch* batch) const;

 private:
  Model() : graph_("") {}

  ModelConfig config_;
  std::unique_ptr<Tokenizer> tokenizer_;
  Graph graph_;
  std::unique_ptr<Executable> executable_;
  LoadTimes load_times_;
};

}  // namespace lathe

#endif  // LATHE_ENGINE_LOADER_MODEL_H_
