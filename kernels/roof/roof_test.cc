#include "kernels/roof/roof.h"

#include <vector>

#include "gtest/gtest.h"

namespace lathe::kernels {
namespace {

TEST(Roof, LoopsDoTheWorkTheyAreCountedFor) {
  const std::vector<float> memory(4096, 0.25f);
  for (const RoofKernels& kernels : RoofVariants()) {
    if (!MachineHas(kernels.isa)) {
      printf("skipped %s: not on this machine\n", kernels.name);
      continue;
    }
    EXPECT_EQ(kernels.read(memory.data(), 4096), 1024.0f) << kernels.name;
    // Every chain x -> x / 2 + 1 ends at 2, and is one multiply-add, two operations, of a step.
    EXPECT_NEAR(kernels.multiply_add(100), static_cast<float>(kernels.flops_per_step), 1e-3) << kernels.name;
  }
}

TEST(Roof, RatesAreThoseOfAComputer) {
  // Bounds that only a wrong unit or a dropped loop can cross: 0.1 to 10,000 GFLOP/s, 10 MB/s to 100 TB/s (from L1).
  const double peak = MeasureMultiplyAddPeak(0.01);
  EXPECT_GT(peak, 1e8);
  EXPECT_LT(peak, 1e13);
  const std::vector<float> memory(1 << 18, 1.0f);
  const double bandwidth = MeasureReadBandwidth(memory, 0.01);
  EXPECT_GT(bandwidth, 1e7);
  EXPECT_LT(bandwidth, 1e14);
}

}  // namespace
}  // namespace lathe::kernels
