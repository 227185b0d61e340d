#include "kernels/layer_norm/layer_norm.h"

#include <algorithm>
#include <cmath>

#include "kernels/testing/testing.h"

namespace lathe::kernels {
namespace {

using testing::kUnitRoundoff;
using testing::Matrix;

constexpr float kEpsilon = 1e-12f;

struct Problem {
  Problem(int64_t rows, int64_t width, int64_t gap, uint64_t seed, double mean = 0, double deviation = 1)
      : random(seed),
        input(rows, width, width + gap),
        residual(rows, width, width + 2 * gap),
        gamma(1, width, width),
        beta(1, width, width),
        rows(rows),
        width(width) {
    input.FillNormal(random, mean, deviation);
    residual.FillNormal(random, mean, deviation);
    gamma.FillNormal(random, 1, 0.2);
    beta.FillNormal(random);
  }

  LayerNormArgs Args(Matrix& y, bool with_residual) const {
    return {.input = input.data(),
            .input_stride = input.stride(),
            .residual = with_residual ? residual.data() : nullptr,
            .residual_stride = residual.stride(),
            .gamma = gamma.data(),
            .beta = beta.data(),
            .epsilon = kEpsilon,
            .width = width,
            .rows = rows,
            .y = y.data(),
            .y_stride = y.stride()};
  }

  std::mt19937_64 random;
  Matrix input, residual, gamma, beta;
  int64_t rows, width;
};

// The bound on |y - exact| / |gamma|, up to the rounding of beta: x, the mean and the scale carry a few roundings each,
// the two sums one for each vector of the narrowest variant, and all of them are seen through 1 / deviation.
double RowTolerance(const LayerNormArgs& args, int64_t t) {
  double largest = 0, mean = 0, variance = 0;
  const auto x = [&](int64_t d) {
    const double r = args.residual ? args.residual[t * args.residual_stride + d] : 0;
    return args.input[t * args.input_stride + d] + r;
  };
  for (int64_t d = 0; d < args.width; ++d) largest = std::max(largest, std::fabs(x(d))), mean += x(d);
  mean /= static_cast<double>(args.width);
  for (int64_t d = 0; d < args.width; ++d) variance += (x(d) - mean) * (x(d) - mean);
  const double scale = 1 / std::sqrt(variance / static_cast<double>(args.width) + args.epsilon);
  return kUnitRoundoff * (8 + static_cast<double>(args.width) / 32) * (2 * largest * scale + 1);
}

void ExpectNear(const LayerNormArgs& args, const Matrix& got, const Matrix& want) {
  for (int64_t t = 0; t < args.rows; ++t) {
    const double tolerance = RowTolerance(args, t);
    for (int64_t d = 0; d < args.width; ++d) {
      const double bound = tolerance * std::fabs(args.gamma[d]) + 2 * kUnitRoundoff * std::fabs(args.beta[d]);
      ASSERT_NEAR(got.At(t, d), want.At(t, d), bound)
          << "row " << t << " of " << args.rows << ", element " << d << " of " << args.width;
    }
  }
}

using LayerNormTest = testing::VariantTest<LayerNormFunction>;

TEST_P(LayerNormTest, AgreesWithTheReference) {
  const uint64_t seed = testing::Seed();
  for (int64_t width : {1, 2, 7, 8, 15, 16, 17, 31, 33, 63, 64, 65, 127, 312, 384, 768, 769, 1024, 4096}) {
    for (bool with_residual : {false, true}) {
      const Problem problem(5, width, width % 3, seed + width);
      Matrix got(5, width, width + 3), want(5, width, width);
      GetParam().run(problem.Args(got, with_residual));
      LayerNormReference(problem.Args(want, with_residual));
      ExpectNear(problem.Args(got, with_residual), got, want);
      got.ExpectGapsUntouched();
    }
  }
}

TEST_P(LayerNormTest, StaysAccurateFarFromZero) {
  // E[x^2] - E[x]^2 in f32 would lose every digit here.
  const Problem problem(4, 768, 0, testing::Seed(), 1e4, 1);
  Matrix got(4, 768, 768), want(4, 768, 768);
  GetParam().run(problem.Args(got, true));
  LayerNormReference(problem.Args(want, true));
  ExpectNear(problem.Args(got, true), got, want);
}

TEST_P(LayerNormTest, HugeTinyAndConstantRows) {
  for (double deviation : {1e15, 1e-20, 0.0}) {
    const Problem problem(2, 100, 0, testing::Seed(), 0, deviation);
    Matrix got(2, 100, 100), want(2, 100, 100);
    GetParam().run(problem.Args(got, false));
    LayerNormReference(problem.Args(want, false));
    ExpectNear(problem.Args(got, false), got, want);
  }
}

TEST_P(LayerNormTest, MayOverwriteEitherOperand) {
  const uint64_t seed = testing::Seed();
  for (int64_t width : {1, 24, 300}) {
    Problem problem(3, width, 1, seed);
    Matrix apart(3, width, width);
    GetParam().run(problem.Args(apart, true));
    Matrix input = problem.input, residual = problem.residual;
    LayerNormArgs over_input = problem.Args(input, true), over_residual = problem.Args(residual, true);
    over_input.input = input.data();
    over_residual.residual = residual.data();
    GetParam().run(over_input);
    GetParam().run(over_residual);
    for (int64_t t = 0; t < 3; ++t) {
      EXPECT_EQ(input.RowBits(t), apart.RowBits(t));
      EXPECT_EQ(residual.RowBits(t), apart.RowBits(t));
    }
  }
}

TEST_P(LayerNormTest, ANanStaysInItsRow) {
  Problem problem(3, 50, 0, testing::Seed());
  Matrix before(3, 50, 50), after(3, 50, 50);
  GetParam().run(problem.Args(before, false));
  problem.input.At(1, 20) = std::numeric_limits<float>::quiet_NaN();
  GetParam().run(problem.Args(after, false));
  EXPECT_EQ(after.RowBits(0), before.RowBits(0));
  EXPECT_EQ(after.RowBits(2), before.RowBits(2));
  for (int64_t d = 0; d < 50; ++d) EXPECT_TRUE(std::isnan(after.At(1, d)));
}

INSTANTIATE_TEST_SUITE_P(Variants, LayerNormTest,
                         ::testing::ValuesIn(LayerNormVariants().begin(), LayerNormVariants().end()),
                         testing::VariantName<LayerNormFunction>);

}  // namespace
}  // namespace lathe::kernels
