#include "kernels/math/functions_test_arrays.h"
#include "kernels/math/x86_avx512.h"

namespace lathe::kernels {

const ArrayFunctions kAvx512Functions = Arrays<F32x16>();

}  // namespace lathe::kernels
