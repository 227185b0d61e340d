// The architectures that Lathe knows: one explicit list, one row each.
#ifndef LATHE_ENGINE_MODELS_REGISTRY_H_
#define LATHE_ENGINE_MODELS_REGISTRY_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/ir/graph.h"
#include "engine/models/config.h"
#include "engine/models/config_reader.h"
#include "engine/models/weight_source.h"

namespace lathe {

struct Architecture {
  const char* model_type;  // config.json: model_type.
  const char* class_name;  // config.json: the entry of `architectures` that has the head Lathe builds.
  // Reads the keys that this architecture names its sizes by, and refuses by name what would change the result and is
  // not supported. Labels and problem type are read before it.
  absl::Status (*read_config)(const ConfigReader& reader, ModelConfig& config);
  // The graph from a text batch (token_ids, segment_ids, positions, cu_seqlens) to logits f32[N, labels].
  // Errors: those of WeightSource::Get, for the first tensor that is missing or misshapen.
  absl::StatusOr<Graph> (*build)(const ModelConfig& config, const WeightSource& weights);
};

absl::Span<const Architecture> Architectures();

// The row of `model_type`; nullptr when there is none.
const Architecture* FindArchitecture(absl::string_view model_type);

// The graph of the model that `config` describes. Errors: as Architecture::build; UNIMPLEMENTED: no such architecture.
absl::StatusOr<Graph> BuildModel(const ModelConfig& config, const WeightSource& weights);

}  // namespace lathe

#endif  // LATHE_ENGINE_MODELS_REGISTRY_H_
