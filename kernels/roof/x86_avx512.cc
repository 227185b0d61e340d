#include "kernels/math/x86_avx512.h"

#include "kernels/roof/entries.h"
#include "kernels/roof/roof_loops.h"

namespace lathe::kernels {

float MultiplyAddAvx512(int64_t steps) { return MultiplyAdd<F32x16>(steps); }
float ReadAvx512(const float* memory, int64_t count) { return Read<F32x16>(memory, count); }
const int64_t kFlopsPerStepAvx512 = FlopsPerStep<F32x16>();

}  // namespace lathe::kernels
