#include "kernels/math/x86_avx2.h"
// The vector type above comes first: what follows is written for it.
#include "kernels/activation/vector.h"

namespace lathe::kernels {

void UnaryAvx2(const UnaryArgs& args) { ApplyUnary<F32x8>(args); }

void BinaryAvx2(const BinaryArgs& args) { ApplyBinary<F32x8>(args); }

}  // namespace lathe::kernels
