#include "kernels/math/x86_avx2.h"
// The vector type above comes first: what follows is written for it.
#include "kernels/softmax/vector.h"

namespace lathe::kernels {

void SoftmaxAvx2(const SoftmaxArgs& args) { SoftmaxRows<F32x8>(args); }

}  // namespace lathe::kernels
