#include "kernels/softmax/softmax.h"

#include <algorithm>
#include <cmath>

#include "kernels/testing/testing.h"

namespace lathe::kernels {
namespace {

using testing::kUnitRoundoff;
using testing::Matrix;

constexpr float kInf = std::numeric_limits<float>::infinity();

SoftmaxArgs Args(const Matrix& x, int64_t rows, int64_t width, Matrix& y) {
  return {.x = x.data(), .x_stride = x.stride(), .width = width, .rows = rows, .y = y.data(), .y_stride = y.stride()};
}

// x - max carries half an ulp of itself into the exponent; exp, the sum (one rounding for each vector of the narrowest
// variant) and the scale add the rest. A denormal result is off by one of its units.
double Tolerance(double want, double x, double max, int64_t width) {
  return want * kUnitRoundoff * (std::fabs(x - max) + 12 + static_cast<double>(width) / 8) + 0x1p-149;
}

void ExpectNear(const Matrix& x, const Matrix& got, const Matrix& want, int64_t rows, int64_t width) {
  for (int64_t t = 0; t < rows; ++t) {
    float max = -kInf;
    for (int64_t d = 0; d < width; ++d) max = std::max(max, x.At(t, d));
    for (int64_t d = 0; d < width; ++d) {
      // exp(-inf) is exactly 0, so infinite differences need no tolerance.
      const double bound = std::isinf(x.At(t, d)) ? 0 : Tolerance(want.At(t, d), x.At(t, d), max, width);
      ASSERT_NEAR(got.At(t, d), want.At(t, d), bound) << "row " << t << ", element " << d << " of " << width;
    }
  }
}

using SoftmaxTest = testing::VariantTest<SoftmaxFunction>;

TEST_P(SoftmaxTest, AgreesWithTheReference) {
  std::mt19937_64 random(testing::Seed());
  for (int64_t width : {1, 2, 3, 5, 8, 9, 16, 17, 31, 100, 512, 1000}) {
    for (double deviation : {0.1, 3.0, 30.0, 1e4}) {
      Matrix x(4, width, width + 1), got(4, width, width + 2), want(4, width, width);
      x.FillNormal(random, 0, deviation);
      GetParam().run(Args(x, 4, width, got));
      SoftmaxReference(Args(x, 4, width, want));
      ExpectNear(x, got, want, 4, width);
      got.ExpectGapsUntouched();
    }
  }
}

TEST_P(SoftmaxTest, MaskedEntriesAreExactlyZeroAndNothingIsNan) {
  for (int64_t width : {1, 4, 16, 21, 40}) {
    Matrix x(2, width, width), got(2, width, width);
    for (int64_t d = 0; d < width; ++d) x.At(0, d) = -kInf, x.At(1, d) = d == width - 1 ? 1e4f : -kInf;
    GetParam().run(Args(x, 2, width, got));
    for (int64_t d = 0; d < width; ++d) {
      EXPECT_EQ(got.At(0, d), 0);
      EXPECT_EQ(got.At(1, d), d == width - 1 ? 1 : 0);
    }
  }
}

TEST_P(SoftmaxTest, ANanOrInfinityMakesItsWholeRowNan) {
  for (float bad : {std::numeric_limits<float>::quiet_NaN(), kInf}) {
    for (int64_t at : {0, 9, 18}) {
      Matrix x(2, 19, 19), got(2, 19, 19);
      for (int64_t d = 0; d < 19; ++d) x.At(0, d) = x.At(1, d) = 0;
      x.At(0, at) = bad;
      GetParam().run(Args(x, 2, 19, got));
      for (int64_t d = 0; d < 19; ++d) {
        EXPECT_TRUE(std::isnan(got.At(0, d)));
        EXPECT_FLOAT_EQ(got.At(1, d), 1 / 19.0f);
      }
    }
  }
}

TEST_P(SoftmaxTest, MayOverwriteItsOperand) {
  std::mt19937_64 random(testing::Seed());
  Matrix x(3, 45, 47), apart(3, 45, 45);
  x.FillNormal(random);
  GetParam().run(Args(x, 3, 45, apart));
  GetParam().run(Args(x, 3, 45, x));
  for (int64_t t = 0; t < 3; ++t) EXPECT_EQ(x.RowBits(t), apart.RowBits(t));
}

INSTANTIATE_TEST_SUITE_P(Variants, SoftmaxTest, ::testing::ValuesIn(SoftmaxVariants().begin(), SoftmaxVariants().end()),
                         testing::VariantName<SoftmaxFunction>);

}  // namespace
}  // namespace lathe::kernels
