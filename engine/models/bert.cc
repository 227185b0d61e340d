#include "engine/models/bert.h"

#include <string>

#include "engine/base/status_macros.h"
#include "engine/ir/builder.h"
#include "engine/models/encoder_layer.h"
#include "engine/models/weight_scope.h"

namespace lathe {
namespace {

constexpr EncoderLayerNames kLayerNames = {
    .query = "attention.self.query",
    .key = "attention.self.key",
    .value = "attention.self.value",
    .attention_out = "attention.output.dense",
    .attention_norm = "attention.output.LayerNorm",
    .up = "intermediate.dense",
    .down = "output.dense",
    .output_norm = "output.LayerNorm",
};

// Words, token types and positions, summed in this order and normalised.
Value Embeddings(const WeightScope& tables, const ModelConfig& config, NamedSize hidden, const TextBatch& in) {
  GraphBuilder& b = tables.builder();
  const Value words = tables.Embedding("word_embeddings", in.token_ids, {"vocab_size", config.vocabulary}, hidden);
  const Value types =
      tables.Embedding("token_type_embeddings", in.segment_ids, {"type_vocab_size", config.segment_types}, hidden);
  const Value positions =
      tables.Embedding("position_embeddings", in.positions, {"max_position_embeddings", config.positions}, hidden);
  return tables.LayerNorm("LayerNorm", b.Add(b.Add(words, types), positions), hidden, config.layer_norm_epsilon);
}

}  // namespace

absl::Status ReadBertConfig(const ConfigReader& reader, ModelConfig& config) {
  ASSIGN_OR_RETURN(config.vocabulary, reader.Integer("vocab_size", kVocabularyRange));
  ASSIGN_OR_RETURN(config.hidden, reader.Integer("hidden_size", kHiddenRange));
  ASSIGN_OR_RETURN(config.feed_forward, reader.Integer("intermediate_size", kFeedForwardRange));
  ASSIGN_OR_RETURN(config.layers, reader.Integer("num_hidden_layers", kLayersRange));
  ASSIGN_OR_RETURN(config.heads, reader.Integer("num_attention_heads", kHeadsRange));
  ASSIGN_OR_RETURN(config.positions, reader.Integer("max_position_embeddings", kPositionsRange));
  ASSIGN_OR_RETURN(config.segment_types, reader.IntegerOr("type_vocab_size", kSegmentTypesRange, 2));
  ASSIGN_OR_RETURN(config.layer_norm_epsilon, reader.EpsilonOr("layer_norm_eps", 1e-12));
  ASSIGN_OR_RETURN(config.activation, reader.ActivationOr("hidden_act", Activation::kGelu));
  ASSIGN_OR_RETURN(const std::string positions, reader.StringOr("position_embedding_type", "absolute"));
  if (positions != "absolute") {
    return reader.Unsupported("position_embedding_type", Quoted(positions), "\"absolute\"");
  }
  RETURN_IF_ERROR(reader.RefuseTrue("is_decoder"));
  return reader.RefuseTrue("add_cross_attention");
}

absl::StatusOr<Graph> BuildBert(const ModelConfig& config, const WeightSource& source) {
  const NamedSize hidden = {"hidden_size", config.hidden};
  const NamedSize labels = {"id2label", static_cast<int64_t>(config.labels.size())};
  GraphBuilder b("bert");
  const TextBatch in = b.AddTextBatch();
  const WeightScope weights(b, source);
  const WeightScope body = weights.Body("bert", "embeddings.word_embeddings.weight");

  Value x = Embeddings(body / "embeddings", config, hidden, in);
  const EncoderLayerSizes sizes = {hidden, {"intermediate_size", config.feed_forward}};
  for (int64_t i = 0; i < config.layers; ++i) {
    x = EncoderLayer(body / "encoder.layer" / i, kLayerNames, sizes, config, x, in);
  }

  const Value first = b.GatherFirst(x, in.cu_seqlens);
  const Value pooled = b.Unary(Op::kTanh, body.Linear("pooler.dense", first, hidden, hidden));
  return b.Finish({weights.Linear("classifier", pooled, labels, hidden)});
}

}  // namespace lathe
