#include "kernels/math/x86_avx2.h"

#include "kernels/roof/entries.h"
#include "kernels/roof/roof_loops.h"

namespace lathe::kernels {

float MultiplyAddAvx2(int64_t steps) { return MultiplyAdd<F32x8>(steps); }
float ReadAvx2(const float* memory, int64_t count) { return Read<F32x8>(memory, count); }
const int64_t kFlopsPerStepAvx2 = FlopsPerStep<F32x8>();

}  // namespace lathe::kernels
