// layer_norm: normalises each row to mean 0 and variance 1, then scales and shifts it.
//
//   x[t, d] = input[t, d] + residual[t, d]                       (residual is optional)
//   y[t, d] = (x[t, d] - mean(x[t])) * rsqrt(var(x[t]) + epsilon) * gamma[d] + beta[d]
//
// The variance is biased (divided by the width) and taken over centred values in a second pass, so a large mean costs
// no accuracy. Accumulation: double in the reference, f32 with one partial sum per vector lane in the others. Layout:
// f32, rows of `width` contiguous elements, row t at t * stride elements. Alignment: none needed. Aliasing: y may be
// exactly input or exactly residual (same pointer and stride); no other overlap. A row's result depends on that row
// alone. Thread-safe: no state. Source: Ba et al. 2016, arXiv 1607.06450.
#ifndef LATHE_KERNELS_LAYER_NORM_LAYER_NORM_H_
#define LATHE_KERNELS_LAYER_NORM_LAYER_NORM_H_

#include <cstdint>
#include <span>

#include "kernels/isa/isa.h"

namespace lathe::kernels {

// Requires: width >= 1, rows >= 0, strides >= width, gamma and beta of `width` elements.
struct LayerNormArgs {
  const float* input = nullptr;
  int64_t input_stride = 0;
  const float* residual = nullptr;  // Null: nothing is added.
  int64_t residual_stride = 0;
  const float* gamma = nullptr;
  const float* beta = nullptr;
  float epsilon = 0;
  int64_t width = 0;
  int64_t rows = 0;
  float* y = nullptr;
  int64_t y_stride = 0;
};

using LayerNormFunction = void(const LayerNormArgs& args);

// Best first, the reference last.
std::span<const Variant<LayerNormFunction>> LayerNormVariants();

// The oracle: plain loops, double accumulation.
void LayerNormReference(const LayerNormArgs& args);

}  // namespace lathe::kernels

#endif  // LATHE_KERNELS_LAYER_NORM_LAYER_NORM_H_
