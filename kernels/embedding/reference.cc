#include "kernels/embedding/embedding.h"
#include "kernels/layer_norm/layer_norm.h"

namespace lathe::kernels {

void EmbeddingReference(const EmbeddingArgs& args) {
  for (int64_t t = 0; t < args.rows; ++t) {
    for (int64_t d = 0; d < args.width; ++d) {
      double sum = 0;
      for (int k = 0; k < args.table_count; ++k) {
        const EmbeddingTable& table = args.tables[k];
        sum += table.rows[table.ids[t] * table.stride + d];
      }
      args.y[t * args.y_stride + d] = static_cast<float>(sum);
    }
  }
}

void EmbeddingLayerNormReference(const EmbeddingLayerNormArgs& args) {
  const EmbeddingArgs& sum = args.embedding;
  EmbeddingReference(sum);
  LayerNormReference({.input = sum.y,
                      .input_stride = sum.y_stride,
                      .gamma = args.gamma,
                      .beta = args.beta,
                      .epsilon = args.epsilon,
                      .width = sum.width,
                      .rows = sum.rows,
                      .y = sum.y,
                      .y_stride = sum.y_stride});
}

}  // namespace lathe::kernels
