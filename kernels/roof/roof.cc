#include "kernels/roof/roof.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "kernels/roof/entries.h"

namespace lathe::kernels {
namespace {

using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

// Where results go, so that no compiler drops the work.
volatile float sink;

// Scalar loops for machines without a variant: honest about what plain code reaches there.
constexpr int64_t kPlainSums = 8;

float MultiplyAddPlain(int64_t steps) {
  std::array<float, kPlainSums> sums = {};
  for (int64_t step = 0; step < steps; ++step) {
    for (float& sum : sums) sum = sum * 0.5f + 1.0f;
  }
  float total = 0;
  for (float sum : sums) total += sum;
  return total;
}

float ReadPlain(const float* memory, int64_t count) {
  std::array<float, kPlainSums> sums = {};
  for (int64_t i = 0; i < count; i += kPlainSums) {
    for (int64_t s = 0; s < kPlainSums; ++s) sums[static_cast<size_t>(s)] += memory[i + s];
  }
  float total = 0;
  for (float sum : sums) total += sum;
  return total;
}

const RoofKernels& Best() {
  for (const RoofKernels& kernels : RoofVariants()) {
    if (MachineHas(kernels.isa)) return kernels;
  }
  return RoofVariants().back();
}

// The best rate of repeated rounds of `work`, each of `amount`, within `seconds`; at least one round.
template <typename Work>
double BestRate(double amount, double seconds, const Work& work) {
  double best = 0;
  const Clock::time_point begin = Clock::now();
  do {
    const Clock::time_point start = Clock::now();
    sink = work();
    best = std::max(best, amount / SecondsSince(start));
  } while (SecondsSince(begin) < seconds);
  return best;
}

}  // namespace

std::span<const RoofKernels> RoofVariants() {
  static const auto variants = std::to_array<RoofKernels>({
#if defined(__x86_64__)
    {"avx512", Isa::kAvx512, MultiplyAddAvx512, kFlopsPerStepAvx512, ReadAvx512},
        {"avx2", Isa::kAvx2, MultiplyAddAvx2, kFlopsPerStepAvx2, ReadAvx2},
#endif
        {"plain", Isa::kAny, MultiplyAddPlain, 2 * kPlainSums, ReadPlain},
  });
  return variants;
}

double MeasureMultiplyAddPeak(double seconds) {
  // About 2 ms a round: long against the clock's grain, short against a neighbour's visit.
  constexpr int64_t kSteps = 500000;
  const RoofKernels& kernels = Best();
  return BestRate(static_cast<double>(kSteps * kernels.flops_per_step), seconds,
                  [&] { return kernels.multiply_add(kSteps); });
}

double MeasureReadBandwidth(std::span<const float> memory, double seconds) {
  const RoofKernels& kernels = Best();
  return BestRate(static_cast<double>(memory.size_bytes()), seconds,
                  [&] { return kernels.read(memory.data(), static_cast<int64_t>(memory.size())); });
}

}  // namespace lathe::kernels
