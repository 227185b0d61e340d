#include "kernels/math/x86_avx2.h"
// The vector type above comes first: what follows is written for it.
#include "kernels/embedding/vector.h"

namespace lathe::kernels {

void EmbeddingAvx2(const EmbeddingArgs& args) {
  Embed<F32x8>(args, [](float*) {});
}

void EmbeddingLayerNormAvx2(const EmbeddingLayerNormArgs& args) { EmbedAndNorm<F32x8>(args); }

}  // namespace lathe::kernels
