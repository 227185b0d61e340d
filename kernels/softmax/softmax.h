// softmax: each row becomes a distribution.
//
//   y[t, d] = exp(x[t, d] - max(x[t])) / sum over d' of exp(x[t, d'] - max(x[t]))
//
// Masked entries are -inf and get exactly 0; a row that is masked whole becomes zeros, never NaN. A NaN or +inf in a
// row makes that whole row NaN, so a broken value is seen and not hidden. Accumulation: double in the reference, f32
// with one partial sum per vector lane in the others. Layout: f32, rows of `width` contiguous elements, row t at t *
// stride elements. Alignment: none needed. Aliasing: y may be exactly x (same pointer and stride); no other overlap.
// Thread-safe: no state.
#ifndef LATHE_KERNELS_SOFTMAX_SOFTMAX_H_
#define LATHE_KERNELS_SOFTMAX_SOFTMAX_H_

#include <cstdint>
#include <span>

#include "kernels/isa/isa.h"

namespace lathe::kernels {

// Requires: width >= 1, rows >= 0, strides >= width.
struct SoftmaxArgs {
  const float* x = nullptr;
  int64_t x_stride = 0;
  int64_t width = 0;
  int64_t rows = 0;
  float* y = nullptr;
  int64_t y_stride = 0;
};

using SoftmaxFunction = void(const SoftmaxArgs& args);

// Best first, the reference last.
std::span<const Variant<SoftmaxFunction>> SoftmaxVariants();

// The oracle: plain loops, double accumulation.
void SoftmaxReference(const SoftmaxArgs& args);

}  // namespace lathe::kernels

#endif  // LATHE_KERNELS_SOFTMAX_SOFTMAX_H_
