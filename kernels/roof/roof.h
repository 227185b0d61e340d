// roof: what one thread of this machine can do at best, to judge kernels by: multiply-adds in registers, and reading
// memory.
//
// Both run the widest instruction set that the machine has, in short rounds, and take the best round: a roof is a
// limit, and whatever else runs only lowers a round. The clock may fall under longer load, so compare with kernels
// measured at the same time. Thread-safe: no state.
#ifndef LATHE_KERNELS_ROOF_ROOF_H_
#define LATHE_KERNELS_ROOF_ROOF_H_

#include <cstdint>
#include <span>

#include "kernels/isa/isa.h"

namespace lathe::kernels {

// f32 operations per second, a fused multiply-add counting as two. Units: seconds to spend, at least 1e-3.
double MeasureMultiplyAddPeak(double seconds);

// Bytes per second when all of `memory` is read from front to back. Requires: 64-byte aligned, a multiple of 1024 f32,
// written to before (else the system shows one page of zeros for all), and several times the last cache for memory's
// own figure.
double MeasureReadBandwidth(std::span<const float> memory, double seconds);

// Implementation details; callers need not read.

struct RoofKernels {
  const char* name;
  Isa isa;
  // Runs `steps` rounds of multiply-adds and returns their sum; each is `flops_per_step` operations.
  float (*multiply_add)(int64_t steps);
  int64_t flops_per_step;
  float (*read)(const float* memory, int64_t count);  // The sum of `count` values.
};

// Best first.
std::span<const RoofKernels> RoofVariants();

}  // namespace lathe::kernels

#endif  // LATHE_KERNELS_ROOF_ROOF_H_
