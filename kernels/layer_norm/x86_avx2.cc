#include "kernels/math/x86_avx2.h"
// The vector type above comes first: what follows is written for it.
#include "kernels/layer_norm/vector.h"

namespace lathe::kernels {

void LayerNormAvx2(const LayerNormArgs& args) { LayerNormRows<F32x8>(args); }

}  // namespace lathe::kernels
