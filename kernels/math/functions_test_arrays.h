// Turns the functions of functions.h into functions on arrays, for functions_test_<isa>.cc.
#ifndef LATHE_KERNELS_MATH_FUNCTIONS_TEST_ARRAYS_H_
#define LATHE_KERNELS_MATH_FUNCTIONS_TEST_ARRAYS_H_

#include "kernels/math/functions.h"
#include "kernels/math/functions_test.h"

namespace lathe::kernels {
namespace {

template <typename V, typename V::Reg (*kFunction)(typename V::Reg)>
void Map(const float* x, int64_t n, float* y) {
  for (int64_t i = 0; i < n; i += V::kLanes) V::StoreFirst(y + i, n - i, kFunction(V::LoadFirst(x + i, n - i)));
}

template <typename V>
float SumOf(const float* x) {
  return V::Sum(V::Load(x));
}

template <typename V>
float LargestOf(const float* x) {
  return V::Largest(V::Load(x));
}

template <typename V>
constexpr ArrayFunctions Arrays() {
  return {Map<V, Exp<V>>,  Map<V, Erf<V>>,      Map<V, Tanh<V>>, Map<V, Sigmoid<V>>, Map<V, Silu<V>>, Map<V, Relu<V>>,
          Map<V, Gelu<V>>, Map<V, GeluTanh<V>>, SumOf<V>,        LargestOf<V>,       V::kLanes};
}

}  // namespace
}  // namespace lathe::kernels

#endif  // LATHE_KERNELS_MATH_FUNCTIONS_TEST_ARRAYS_H_
