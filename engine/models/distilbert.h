// DistilBERT for sequence classification: word and position embeddings, post-norm encoder layers, and a head of two
// linears over the first token. Source: Sanh et al. 2019, arXiv 1910.01108; config keys and tensor names as
// transformers' checkpoints have them.
#ifndef LATHE_ENGINE_MODELS_DISTILBERT_H_
#define LATHE_ENGINE_MODELS_DISTILBERT_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/ir/graph.h"
#include "engine/models/config.h"
#include "engine/models/config_reader.h"
#include "engine/models/weight_source.h"

namespace lathe {

// Errors: as Architecture::read_config.
absl::Status ReadDistilBertConfig(const ConfigReader& reader, ModelConfig& config);

// Errors: as Architecture::build.
absl::StatusOr<Graph> BuildDistilBert(const ModelConfig& config, const WeightSource& source);

}  // namespace lathe

#endif  // LATHE_ENGINE_MODELS_DISTILBERT_H_
