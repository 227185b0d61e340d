#include "kernels/math/x86_avx512.h"
// The vector type above comes first: what follows is written for it.
#include "kernels/embedding/vector.h"

namespace lathe::kernels {

void EmbeddingAvx512(const EmbeddingArgs& args) {
  Embed<F32x16>(args, [](float*) {});
}

void EmbeddingLayerNormAvx512(const EmbeddingLayerNormArgs& args) { EmbedAndNorm<F32x16>(args); }

}  // namespace lathe::kernels
