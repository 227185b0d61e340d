// What functions_test.cc walks: each function of functions.h over an array, once for every instruction set.
#ifndef LATHE_KERNELS_MATH_FUNCTIONS_TEST_H_
#define LATHE_KERNELS_MATH_FUNCTIONS_TEST_H_

#include <cstdint>

namespace lathe::kernels {

// y[i] = f(x[i]), i < n, any n: the last vector is a masked one.
using ArrayFunction = void(const float* x, int64_t n, float* y);

struct ArrayFunctions {
  ArrayFunction* exp;
  ArrayFunction* erf;
  ArrayFunction* tanh;
  ArrayFunction* sigmoid;
  ArrayFunction* silu;
  ArrayFunction* relu;
  ArrayFunction* gelu;
  ArrayFunction* gelu_tanh;
  float (*sum)(const float* x);      // Over one vector's lanes.
  float (*largest)(const float* x);  // Likewise.
  int lanes;
};

extern const ArrayFunctions kAvx2Functions;
extern const ArrayFunctions kAvx512Functions;

}  // namespace lathe::kernels

#endif  // LATHE_KERNELS_MATH_FUNCTIONS_TEST_H_
