// Matrices with guarded gaps, printed seeds and a fixture over kernel variants, for the tests of kernel families.
#ifndef LATHE_KERNELS_TESTING_TESTING_H_
#define LATHE_KERNELS_TESTING_TESTING_H_

#include <bit>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "kernels/isa/isa.h"

namespace lathe::kernels::testing {

// Half the distance from 1 to the next f32: the largest relative error of one rounding.
inline constexpr double kUnitRoundoff = 0x1p-24;

// A new seed every time, or LATHE_TEST_SEED to repeat a run; printed, so that a failure can be repeated.
inline uint64_t Seed() {
  const char* wanted = std::getenv("LATHE_TEST_SEED");
  const uint64_t seed = wanted ? std::strtoull(wanted, nullptr, 10) : std::random_device()();
  std::printf("LATHE_TEST_SEED=%llu\n", static_cast<unsigned long long>(seed));
  return seed;
}

// rows x width f32 at a stride. What lies between the rows, before the first and after the last is poisoned, and
// ExpectGapsUntouched fails when any of it has changed. Elements start as poison too: a NaN that spreads if it is read.
class Matrix {
 public:
  Matrix(int64_t rows, int64_t width, int64_t stride)
      : rows_(rows), width_(width), stride_(stride), values_(kGuard + rows * stride + kGuard, Poison()) {}

  float* data() { return values_.data() + kGuard; }
  const float* data() const { return values_.data() + kGuard; }
  int64_t stride() const { return stride_; }
  float& At(int64_t t, int64_t d) { return data()[t * stride_ + d]; }
  float At(int64_t t, int64_t d) const { return data()[t * stride_ + d]; }

  void FillNormal(std::mt19937_64& random, double mean = 0, double deviation = 1) {
    std::normal_distribution<double> normal(mean, deviation);
    for (int64_t t = 0; t < rows_; ++t) {
      for (int64_t d = 0; d < width_; ++d) At(t, d) = static_cast<float>(normal(random));
    }
  }

  // Width of row t in bits, for comparisons in which -0 is not 0 and a NaN is itself.
  std::vector<uint32_t> RowBits(int64_t t) const {
    std::vector<uint32_t> bits;
    for (int64_t d = 0; d < width_; ++d) bits.push_back(std::bit_cast<uint32_t>(At(t, d)));
    return bits;
  }

  void ExpectGapsUntouched() const {
    const auto end = static_cast<int64_t>(values_.size()) - kGuard;
    for (int64_t i = -kGuard; i < end; ++i) {
      const bool inside = i >= 0 && i < rows_ * stride_ && i % stride_ < width_;
      if (inside || std::bit_cast<uint32_t>(data()[i]) == std::bit_cast<uint32_t>(Poison())) continue;
      ADD_FAILURE() << "element " << i << ", outside the rows, was written (stride " << stride_ << ", width " << width_
                    << ", rows " << rows_ << ")";
      return;
    }
  }

 private:
  static constexpr int64_t kGuard = 32;  // Two of the widest vectors.
  static float Poison() { return std::bit_cast<float>(0x7fc0dead); }

  int64_t rows_, width_, stride_;
  std::vector<float> values_;
};

// A fixture that runs each test for each row of a kernels.inc and skips, by name, those that the machine cannot run.
template <typename Function>
class VariantTest : public ::testing::TestWithParam<Variant<Function>> {
 protected:
  void SetUp() override {
    const Variant<Function>& variant = this->GetParam();
    if (!MachineHas(variant.isa)) GTEST_SKIP() << variant.name << ": this machine lacks " << Name(variant.isa);
  }
};

template <typename Function>
std::string VariantName(const ::testing::TestParamInfo<Variant<Function>>& info) {
  return info.param.name;
}

}  // namespace lathe::kernels::testing

namespace lathe::kernels {

// GoogleTest's way to print a parameter.
template <typename Function>
void PrintTo(const Variant<Function>& variant, std::ostream* out) {
  *out << variant.name;
}

}  // namespace lathe::kernels

#endif  // LATHE_KERNELS_TESTING_TESTING_H_
