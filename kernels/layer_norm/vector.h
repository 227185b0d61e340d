// layer_norm for any vector type V of kernels/math. For <isa>.cc files only, which include their vector type
// themselves.
#ifndef LATHE_KERNELS_LAYER_NORM_VECTOR_H_
#define LATHE_KERNELS_LAYER_NORM_VECTOR_H_

#include "kernels/layer_norm/layer_norm.h"

namespace lathe::kernels {
namespace {

// The sum of term(d, n) over a row, which gives elements d .. d + n - 1 in the first n lanes and zero in the others.
// Four partial sums hide the latency of an addition; the order depends on the width alone.
template <typename V, typename Term>
inline float SumOfTerms(int64_t width, const Term& term) {
  typename V::Reg sums[4] = {V::Zero(), V::Zero(), V::Zero(), V::Zero()};
  int64_t d = 0;
  for (; d + 4 * V::kLanes <= width; d += 4 * V::kLanes) {
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) sums[i] = V::Add(sums[i], term(d + i * V::kLanes, V::kLanes));
  }
  for (; d + V::kLanes <= width; d += V::kLanes) sums[0] = V::Add(sums[0], term(d, V::kLanes));
  if (d < width) sums[1] = V::Add(sums[1], term(d, width - d));
  return V::Sum(V::Add(V::Add(sums[0], sums[1]), V::Add(sums[2], sums[3])));
}

template <typename V>
inline float RowSum(const float* x, int64_t width) {
  return SumOfTerms<V>(width, [&](int64_t d, int64_t n) { return V::LoadFirst(x + d, n); });
}

// y = a + b; returns the sum of y. y may be a or b: each element is read before it is written.
template <typename V>
inline float AddRows(const float* a, const float* b, int64_t width, float* y) {
  return SumOfTerms<V>(width, [&](int64_t d, int64_t n) {
    const auto x = V::Add(V::LoadFirst(a + d, n), V::LoadFirst(b + d, n));
    V::StoreFirst(y + d, n, x);
    return x;
  });
}

template <typename V>
inline float SumOfSquares(const float* x, typename V::Reg mean, int64_t width) {
  return SumOfTerms<V>(width, [&](int64_t d, int64_t n) {
    const auto centred = V::KeepFirst(V::Sub(V::LoadFirst(x + d, n), mean), n);
    return V::Mul(centred, centred);
  });
}

// What all rows share.
struct NormParameters {
  const float* gamma;
  const float* beta;
  float epsilon;
  int64_t width;
};

// y = (x - mean) * scale * gamma + beta for elements d .. d + n - 1.
template <typename V>
inline void NormElements(const float* x, typename V::Reg mean, typename V::Reg scale, const NormParameters& p,
                         int64_t d, int64_t n, float* y) {
  const auto unit = V::Mul(V::Sub(V::LoadFirst(x + d, n), mean), scale);
  V::StoreFirst(y + d, n, V::Fma(unit, V::LoadFirst(p.gamma + d, n), V::LoadFirst(p.beta + d, n)));
}

// Normalises one row whose sum is known; y may be x.
template <typename V>
inline void NormRow(const float* x, float sum, const NormParameters& p, float* y) {
  const auto width = static_cast<float>(p.width);
  const auto mean = V::Set(sum / width);
  const float variance = SumOfSquares<V>(x, mean, p.width) / width;
  const auto scale = V::Set(1 / __builtin_sqrtf(variance + p.epsilon));
  int64_t d = 0;
  for (; d + V::kLanes <= p.width; d += V::kLanes) NormElements<V>(x, mean, scale, p, d, V::kLanes, y);
  if (d < p.width) NormElements<V>(x, mean, scale, p, d, p.width - d, y);
}

template <typename V>
inline void LayerNormRows(const LayerNormArgs& args) {
  const NormParameters parameters = {args.gamma, args.beta, args.epsilon, args.width};
  for (int64_t t = 0; t < args.rows; ++t) {
    const float* input = args.input + t * args.input_stride;
    float* y = args.y + t * args.y_stride;
    if (args.residual) {
      const float sum = AddRows<V>(input, args.residual + t * args.residual_stride, args.width, y);
      NormRow<V>(y, sum, parameters, y);
    } else {
      NormRow<V>(input, RowSum<V>(input, args.width), parameters, y);
    }
  }
}

}  // namespace
}  // namespace lathe::kernels

#endif  // LATHE_KERNELS_LAYER_NORM_VECTOR_H_
