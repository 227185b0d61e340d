#include "engine/models/distilbert.h"

#include "engine/base/status_macros.h"

namespace lathe {

absl::Status ReadDistilBertConfig(const ConfigReader& reader, ModelConfig& config) {
  ASSIGN_OR_RETURN(config.vocabulary, reader.Integer("vocab_size", kVocabularyRange));
  ASSIGN_OR_RETURN(config.hidden, reader.Integer("dim", kHiddenRange));
  ASSIGN_OR_RETURN(config.feed_forward, reader.Integer("hidden_dim", kFeedForwardRange));
  ASSIGN_OR_RETURN(config.layers, reader.Integer("n_layers", kLayersRange));
  ASSIGN_OR_RETURN(config.heads, reader.Integer("n_heads", kHeadsRange));
  ASSIGN_OR_RETURN(config.positions, reader.Integer("max_position_embeddings", kPositionsRange));
  ASSIGN_OR_RETURN(config.activation, reader.ActivationOr("activation", Activation::kGelu));
  // sinusoidal_pos_embds says how the position table was made; the checkpoint holds the table either way.
  config.segment_types = 0;
  config.layer_norm_epsilon = 1e-12f;  // Fixed in the architecture.
  return absl::OkStatus();
}

}  // namespace lathe
