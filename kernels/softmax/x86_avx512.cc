#include "kernels/math/x86_avx512.h"
// The vector type above comes first: what follows is written for it.
#include "kernels/softmax/vector.h"

namespace lathe::kernels {

void SoftmaxAvx512(const SoftmaxArgs& args) { SoftmaxRows<F32x16>(args); }

}  // namespace lathe::kernels
