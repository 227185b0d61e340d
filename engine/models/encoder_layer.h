// The transformer encoder layer with norms after the residual sums, which BERT and its relatives share.
//
//   a = attention_norm(x + out(attention(query(x), key(x), value(x))))
//   y = output_norm(a + down(activation(up(a))))
//
// Source: Vaswani et al. 2017, arXiv 1706.03762, section 3.1, in the arrangement of Devlin et al. 2018.
#ifndef LATHE_ENGINE_MODELS_ENCODER_LAYER_H_
#define LATHE_ENGINE_MODELS_ENCODER_LAYER_H_

#include "absl/strings/string_view.h"
#include "engine/models/config.h"
#include "engine/models/weight_scope.h"

namespace lathe {

// What an architecture's checkpoints call the parts of a layer.
struct EncoderLayerNames {
  absl::string_view query;
  absl::string_view key;
  absl::string_view value;
  absl::string_view attention_out;
  absl::string_view attention_norm;
  absl::string_view up;
  absl::string_view down;
  absl::string_view output_norm;
};

struct EncoderLayerSizes {
  NamedSize hidden;
  NamedSize feed_forward;
};

// y of the layer whose tensors are in `weights`. Shapes: x f32[T, D] -> f32[T, D].
Value EncoderLayer(const WeightScope& weights, const EncoderLayerNames& names, const EncoderLayerSizes& sizes,
                   const ModelConfig& config, Value x, const TextBatch& batch);

// The op of an activation function.
Op OpOf(Activation activation);

}  // namespace lathe

#endif  // LATHE_ENGINE_MODELS_ENCODER_LAYER_H_
