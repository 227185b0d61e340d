#include "engine/models/encoder_layer.h"

#include <cmath>

namespace lathe {
namespace {

Value SelfAttention(const WeightScope& weights, const EncoderLayerNames& names, NamedSize hidden,
                    const ModelConfig& config, Value x, const TextBatch& batch) {
  const Value query = weights.Linear(names.query, x, hidden, hidden);
  const Value key = weights.Linear(names.key, x, hidden, hidden);
  const Value value = weights.Linear(names.value, x, hidden, hidden);
  const int64_t head_width = config.hidden / config.heads;
  AttentionOptions options;
  options.heads = config.heads;
  options.scale = 1 / std::sqrt(static_cast<double>(head_width));
  const Value mixed = weights.builder().Attention(query, key, value, batch.cu_seqlens, options);
  return weights.Linear(names.attention_out, mixed, hidden, hidden);
}

}  // namespace

Op OpOf(Activation activation) {
  switch (activation) {
    case Activation::kGelu:
      return Op::kGelu;
    case Activation::kGeluTanh:
      return Op::kGeluTanh;
    case Activation::kRelu:
      return Op::kRelu;
    case Activation::kSilu:
      return Op::kSilu;
    case Activation::kTanh:
      return Op::kTanh;
  }
  return Op::kGelu;  // Not reached: every enumerator has its case.
}

Value EncoderLayer(const WeightScope& weights, const EncoderLayerNames& names, const EncoderLayerSizes& sizes,
                   const ModelConfig& config, Value x, const TextBatch& batch) {
  GraphBuilder& b = weights.builder();
  const double epsilon = config.layer_norm_epsilon;
  const Value attended = SelfAttention(weights, names, sizes.hidden, config, x, batch);
  const Value middle = weights.LayerNorm(names.attention_norm, b.Add(attended, x), sizes.hidden, epsilon);
  const Value raised = weights.Linear(names.up, middle, sizes.feed_forward, sizes.hidden);
  const Value active = b.Unary(OpOf(config.activation), raised);
  const Value lowered = weights.Linear(names.down, active, sizes.hidden, sizes.feed_forward);
  return weights.LayerNorm(names.output_norm, b.Add(lowered, middle), sizes.hidden, epsilon);
}

}  // namespace lathe
