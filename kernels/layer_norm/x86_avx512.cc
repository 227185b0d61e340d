#include "kernels/math/x86_avx512.h"
// The vector type above comes first: what follows is written for it.
#include "kernels/layer_norm/vector.h"

namespace lathe::kernels {

void LayerNormAvx512(const LayerNormArgs& args) { LayerNormRows<F32x16>(args); }

}  // namespace lathe::kernels
