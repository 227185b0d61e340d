// The two loops, over a vector type; included by <isa>.cc files only.
#ifndef LATHE_KERNELS_ROOF_ROOF_LOOPS_H_
#define LATHE_KERNELS_ROOF_ROOF_LOOPS_H_

#include <cstdint>

namespace lathe::kernels {
namespace {

// Independent sums: more than latency (4 or 5 cycles) times rate (2 per cycle), and with two operands in registers on
// AVX2.
inline constexpr int kSums = 12;

// The sum of all lanes of all sums, so that the compiler may drop none.
template <typename V>
float SumOfAll(const typename V::Reg (&sums)[kSums]) {
  typename V::Reg total = sums[0];
  for (int i = 1; i < kSums; ++i) total = V::Add(total, sums[i]);
  return V::Sum(total);
}

template <typename V>
float MultiplyAdd(int64_t steps) {
  typename V::Reg sums[kSums];
  for (typename V::Reg& sum : sums) sum = V::Zero();
  const typename V::Reg factor = V::Set(0.5f);
  const typename V::Reg addend = V::Set(1.0f);
  for (int64_t step = 0; step < steps; ++step) {
#pragma GCC unroll 16
    for (typename V::Reg& sum : sums) sum = V::Fma(sum, factor, addend);
  }
  return SumOfAll<V>(sums);
}

// Requires: count a multiple of eight vectors.
template <typename V>
float Read(const float* memory, int64_t count) {
  constexpr int kStreams = 8;
  constexpr int64_t kAhead = 1024;  // f32: far enough for memory's latency.
  typename V::Reg sums[kSums];
  for (typename V::Reg& sum : sums) sum = V::Zero();
  for (int64_t at = 0; at < count; at += kStreams * V::kLanes) {
#pragma GCC unroll 8
    for (int i = 0; i < kStreams; ++i) {
      __builtin_prefetch(memory + at + i * V::kLanes + kAhead);
      sums[i] = V::Add(sums[i], V::Load(memory + at + i * V::kLanes));
    }
  }
  return SumOfAll<V>(sums);
}

template <typename V>
constexpr int64_t FlopsPerStep() {
  return int64_t{2} * kSums * V::kLanes;
}

}  // namespace
}  // namespace lathe::kernels

#endif  // LATHE_KERNELS_ROOF_ROOF_LOOPS_H_
