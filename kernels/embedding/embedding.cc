#include "kernels/embedding/embedding.h"

namespace lathe::kernels {

#define LATHE_EMBEDDING(name, isa, embedding, embedding_layer_norm) \
  EmbeddingFunction embedding;                                      \
  EmbeddingLayerNormFunction embedding_layer_norm;
#include "kernels/embedding/kernels.inc"
#undef LATHE_EMBEDDING

std::span<const Variant<EmbeddingFunction>> EmbeddingVariants() {
  static constexpr Variant<EmbeddingFunction> kVariants[] = {
#define LATHE_EMBEDDING(name, isa, embedding, embedding_layer_norm) {#name, Isa::isa, embedding},
#include "kernels/embedding/kernels.inc"
#undef LATHE_EMBEDDING
  };
  return kVariants;
}

std::span<const Variant<EmbeddingLayerNormFunction>> EmbeddingLayerNormVariants() {
  static constexpr Variant<EmbeddingLayerNormFunction> kVariants[] = {
#define LATHE_EMBEDDING(name, isa, embedding, embedding_layer_norm) {#name, Isa::isa, embedding_layer_norm},
#include "kernels/embedding/kernels.inc"
#undef LATHE_EMBEDDING
  };
  return kVariants;
}

}  // namespace lathe::kernels
