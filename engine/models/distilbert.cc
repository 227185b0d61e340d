#include "engine/models/distilbert.h"

#include "engine/base/status_macros.h"
#include "engine/ir/builder.h"
#include "engine/models/encoder_layer.h"
#include "engine/models/weight_scope.h"

namespace lathe {
namespace {

constexpr EncoderLayerNames kLayerNames = {
    .query = "attention.q_lin",
    .key = "attention.k_lin",
    .value = "attention.v_lin",
    .attention_out = "attention.out_lin",
    .attention_norm = "sa_layer_norm",
    .up = "ffn.lin1",
    .down = "ffn.lin2",
    .output_norm = "output_layer_norm",
};

}  // namespace

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
  config.layer_norm_epsilon = 1e-12;  // Fixed in the architecture.
  return absl::OkStatus();
}

absl::StatusOr<Graph> BuildDistilBert(const ModelConfig& config, const WeightSource& source) {
  const NamedSize hidden = {"dim", config.hidden};
  const NamedSize labels = {"id2label", static_cast<int64_t>(config.labels.size())};
  GraphBuilder b("distilbert");
  const TextBatch in = b.AddTextBatch();
  const WeightScope weights(b, source);
  const WeightScope body = weights.Body("distilbert", "embeddings.word_embeddings.weight");

  const WeightScope tables = body / "embeddings";
  const Value words = tables.Embedding("word_embeddings", in.token_ids, {"vocab_size", config.vocabulary}, hidden);
  const Value positions =
      tables.Embedding("position_embeddings", in.positions, {"max_position_embeddings", config.positions}, hidden);
  Value x = tables.LayerNorm("LayerNorm", b.Add(words, positions), hidden, config.layer_norm_epsilon);
  const EncoderLayerSizes sizes = {hidden, {"hidden_dim", config.feed_forward}};
  for (int64_t i = 0; i < config.layers; ++i) {
    x = EncoderLayer(body / "transformer.layer" / i, kLayerNames, sizes, config, x, in);
  }

  const Value first = b.GatherFirst(x, in.cu_seqlens);
  const Value pooled = b.Unary(Op::kRelu, weights.Linear("pre_classifier", first, hidden, hidden));
  return b.Finish({weights.Linear("classifier", pooled, labels, hidden)});
}

}  // namespace lathe
