#include "kernels/math/functions_test_arrays.h"
#include "kernels/math/x86_avx2.h"

namespace lathe::kernels {

const ArrayFunctions kAvx2Functions = Arrays<F32x8>();

}  // namespace lathe::kernels
