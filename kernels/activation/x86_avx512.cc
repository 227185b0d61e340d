#include "kernels/math/x86_avx512.h"
// The vector type above comes first: what follows is written for it.
#include "kernels/activation/vector.h"

namespace lathe::kernels {

void UnaryAvx512(const UnaryArgs& args) { ApplyUnary<F32x16>(args); }

void BinaryAvx512(const BinaryArgs& args) { ApplyBinary<F32x16>(args); }

}  // namespace lathe::kernels
