// softmax for any vector type V of kernels/math. For <isa>.cc files only, which include their vector type themselves.
#ifndef LATHE_KERNELS_SOFTMAX_VECTOR_H_
#define LATHE_KERNELS_SOFTMAX_VECTOR_H_

#include "kernels/math/functions.h"
#include "kernels/softmax/softmax.h"

namespace lathe::kernels {
namespace {

// The largest element; 0 for a row that is masked whole, where any finite number leaves every exponential 0.
template <typename V>
inline float RowMax(const float* x, int64_t width) {
  const auto masked = V::Set(-__builtin_inff());
  auto max = masked;
  int64_t d = 0;
  for (; d + V::kLanes <= width; d += V::kLanes) max = V::Max(max, V::Load(x + d));
  if (d < width) max = V::Max(max, V::SelectBetween(V::LoadFirst(x + d, width - d), 0, width - d, masked));
  const float largest = V::Largest(max);
  return largest == -__builtin_inff() ? 0 : largest;
}

// y = exp(x - max) for elements d .. d + n - 1; returns them, zero in the other lanes.
template <typename V>
inline typename V::Reg ExpElements(const float* x, typename V::Reg max, int64_t d, int64_t n, float* y) {
  const auto e = V::KeepFirst(Exp<V>(V::Sub(V::LoadFirst(x + d, n), max)), n);
  V::StoreFirst(y + d, n, e);
  return e;
}

template <typename V>
inline void SoftmaxRow(const float* x, int64_t width, float* y) {
  const auto max = V::Set(RowMax<V>(x, width));
  auto sums = V::Zero();
  int64_t d = 0;
  for (; d + V::kLanes <= width; d += V::kLanes) sums = V::Add(sums, ExpElements<V>(x, max, d, V::kLanes, y));
  if (d < width) sums = V::Add(sums, ExpElements<V>(x, max, d, width - d, y));
  const float sum = V::Sum(sums);
  const auto scale = V::Set(sum == 0 ? 0 : 1 / sum);
  for (d = 0; d + V::kLanes <= width; d += V::kLanes) V::Store(y + d, V::Mul(V::Load(y + d), scale));
  if (d < width) V::StoreFirst(y + d, width - d, V::Mul(V::LoadFirst(y + d, width - d), scale));
}

template <typename V>
inline void SoftmaxRows(const SoftmaxArgs& args) {
  for (int64_t t = 0; t < args.rows; ++t) {
    SoftmaxRow<V>(args.x + t * args.x_stride, args.width, args.y + t * args.y_stride);
  }
}

}  // namespace
}  // namespace lathe::kernels

#endif  // LATHE_KERNELS_SOFTMAX_VECTOR_H_
