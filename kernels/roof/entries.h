// The loops of each instruction set, apart from roof.h so that `<isa>.cc` files see no shared inline code.
#ifndef LATHE_KERNELS_ROOF_ENTRIES_H_
#define LATHE_KERNELS_ROOF_ENTRIES_H_

#include <cstdint>

namespace lathe::kernels {

float MultiplyAddAvx512(int64_t steps);
float ReadAvx512(const float* memory, int64_t count);
extern const int64_t kFlopsPerStepAvx512;

float MultiplyAddAvx2(int64_t steps);
float ReadAvx2(const float* memory, int64_t count);
extern const int64_t kFlopsPerStepAvx2;

}  // namespace lathe::kernels

#endif  // LATHE_KERNELS_ROOF_ENTRIES_H_
