// A model folder's config.json, as far as Lathe reads it.
#ifndef LATHE_ENGINE_MODELS_CONFIG_H_
#define LATHE_ENGINE_MODELS_CONFIG_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace lathe {

// How logits become scores (config.json: problem_type; without it, kRegression for one label and kSingleLabel for more,
// which is what transformers' models take a config for when they are trained).
enum class ProblemType {
  kSingleLabel,  // softmax: scores sum to 1.
  kMultiLabel,   // sigmoid of each logit by itself.
  kRegression,   // the logit itself.
};

enum class Activation { kGelu, kGeluTanh, kRelu, kSilu, kTanh };

// Sizes use the letters of docs/architecture.md: V vocabulary, D hidden size, F feed-forward, L layers, H heads.
struct ModelConfig {
  std::string model_type;  // "distilbert", "bert": the row of the architecture registry.
  int64_t vocabulary = 0;
  int64_t hidden = 0;
  int64_t feed_forward = 0;
  int64_t layers = 0;
  int64_t heads = 0;
  int64_t positions = 0;      // Longest sequence that the position table allows.
  int64_t segment_types = 0;  // Rows of the token-type table; 0 where the architecture has none.
  double layer_norm_epsilon = 1e-12;
  Activation activation = Activation::kGelu;
  ProblemType problem_type = ProblemType::kSingleLabel;
  std::vector<std::string> labels;  // labels[i] names logit i; as many as the head has outputs.
};

// Parses the text of a config.json. `path` stands in front of every error.
// Errors: INVALID_ARGUMENT (not JSON, a key missing or out of range: key, got, wanted), UNIMPLEMENTED (a field or value
// that would change the result and is not supported, by name).
absl::StatusOr<ModelConfig> ParseModelConfig(absl::string_view json, absl::string_view path);

// Reads and parses `folder`/config.json. Errors: as ReadFile and ParseModelConfig.
absl::StatusOr<ModelConfig> LoadModelConfig(const std::string& folder);

}  // namespace lathe

#endif  // LATHE_ENGINE_MODELS_CONFIG_H_
