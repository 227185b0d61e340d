// BERT for sequence classification: word, position and token-type embeddings, post-norm encoder layers, and a head of a
// tanh pooler and a linear over the first token.
// Source: Devlin et al. 2018, arXiv 1810.04805; config keys and tensor names as transformers' checkpoints have them.
#ifndef LATHE_ENGINE_MODELS_BERT_H_
#define LATHE_ENGINE_MODELS_BERT_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/ir/graph.h"
#include "engine/models/config.h"
#include "engine/models/config_reader.h"
#include "engine/models/weight_source.h"

namespace lathe {

// Errors: as Architecture::read_config.
absl::Status ReadBertConfig(const ConfigReader& reader, ModelConfig& config);

// Errors: as Architecture::build.
absl::StatusOr<Graph> BuildBert(const ModelConfig& config, const WeightSource& source);

}  // namespace lathe

#endif  // LATHE_ENGINE_MODELS_BERT_H_
