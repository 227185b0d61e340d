#include "engine/models/bert.h"

#include <string>

#include "engine/base/status_macros.h"

namespace lathe {

absl::Status ReadBertConfig(const ConfigReader& reader, ModelConfig& config) {
  ASSIGN_OR_RETURN(config.vocabulary, reader.Integer("vocab_size", kVocabularyRange));
  ASSIGN_OR_RETURN(config.hidden, reader.Integer("hidden_size", kHiddenRange));
  ASSIGN_OR_RETURN(config.feed_forward, reader.Integer("intermediate_size", kFeedForwardRange));
  ASSIGN_OR_RETURN(config.layers, reader.Integer("num_hidden_layers", kLayersRange));
  ASSIGN_OR_RETURN(config.heads, reader.Integer("num_attention_heads", kHeadsRange));
  ASSIGN_OR_RETURN(config.positions, reader.Integer("max_position_embeddings", kPositionsRange));
  ASSIGN_OR_RETURN(config.segment_types, reader.IntegerOr("type_vocab_size", kSegmentTypesRange, 2));
  ASSIGN_OR_RETURN(config.layer_norm_epsilon, reader.EpsilonOr("layer_norm_eps", 1e-12f));
  ASSIGN_OR_RETURN(config.activation, reader.ActivationOr("hidden_act", Activation::kGelu));
  ASSIGN_OR_RETURN(const std::string positions, reader.StringOr("position_embedding_type", "absolute"));
  if (positions != "absolute") {
    return reader.Unsupported("position_embedding_type", Quoted(positions), "\"absolute\"");
  }
  RETURN_IF_ERROR(reader.RefuseTrue("is_decoder"));
  return reader.RefuseTrue("add_cross_attention");
}

}  // namespace lathe
