#include "kernels/activation/activation.h"

#include <algorithm>
#include <cmath>

#include "kernels/testing/testing.h"

namespace lathe::kernels {
namespace {

using testing::kUnitRoundoff;
using testing::Matrix;

constexpr float kInf = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

std::vector<UnaryOp> UnaryOps() {
  std::vector<UnaryOp> ops;
  for (int i = 0; i <= static_cast<int>(kUnaryOpLast); ++i) ops.push_back(static_cast<UnaryOp>(i));
  return ops;
}

std::vector<BinaryOp> BinaryOps() {
  std::vector<BinaryOp> ops;
  for (int i = 0; i <= static_cast<int>(kBinaryOpLast); ++i) ops.push_back(static_cast<BinaryOp>(i));
  return ops;
}

// kernels/math/functions.h promises at most 2.5 units in the last place (5 unit roundoffs), or, for the GELUs and silu,
// 1.5e-7 * max(1, |x|); results below the smallest normal number may be off by one of its ulps.
double Tolerance(double x, double want) {
  return 5 * kUnitRoundoff * std::fabs(want) + 1.5e-7 * std::max(1.0, std::min(std::fabs(x), 20.0)) + 0x1p-149;
}

float One(UnaryFunction* run, UnaryOp op, float x) {
  float y = 0;
  run({.op = op, .x = &x, .n = 1, .y = &y});
  return y;
}

using UnaryTest = testing::VariantTest<UnaryFunction>;

TEST_P(UnaryTest, AgreesWithTheReference) {
  std::mt19937_64 random(testing::Seed());
  for (UnaryOp op : UnaryOps()) {
    for (int64_t n : {0, 1, 7, 8, 15, 16, 17, 100}) {
      Matrix x(1, n, n), got(1, n, n), want(1, n, n);
      x.FillNormal(random, 0, 4);
      if (op == UnaryOp::kLog || op == UnaryOp::kRsqrt) UnaryReference({UnaryOp::kAbs, x.data(), n, x.data()});
      GetParam().run({.op = op, .x = x.data(), .n = n, .y = got.data()});
      UnaryReference({.op = op, .x = x.data(), .n = n, .y = want.data()});
      for (int64_t i = 0; i < n; ++i) {
        ASSERT_NEAR(got.At(0, i), want.At(0, i), Tolerance(x.At(0, i), want.At(0, i)))
            << "op " << static_cast<int>(op) << " of " << x.At(0, i);
      }
      got.ExpectGapsUntouched();
      GetParam().run({.op = op, .x = x.data(), .n = n, .y = x.data()});
      EXPECT_EQ(x.RowBits(0), got.RowBits(0)) << "in place";
    }
  }
}

TEST_P(UnaryTest, SpecialValues) {
  UnaryFunction* run = GetParam().run;
  for (UnaryOp op : UnaryOps()) EXPECT_TRUE(std::isnan(One(run, op, kNan))) << static_cast<int>(op);
  EXPECT_EQ(One(run, UnaryOp::kExp, -kInf), 0);
  EXPECT_EQ(One(run, UnaryOp::kExp, kInf), kInf);
  EXPECT_EQ(One(run, UnaryOp::kExp, 1e4f), kInf);
  EXPECT_EQ(One(run, UnaryOp::kTanh, -1e4f), -1);
  EXPECT_EQ(One(run, UnaryOp::kErf, 1e4f), 1);
  EXPECT_EQ(One(run, UnaryOp::kSigmoid, -kInf), 0);
  EXPECT_EQ(One(run, UnaryOp::kSigmoid, kInf), 1);
  EXPECT_EQ(One(run, UnaryOp::kGelu, 1e4f), 1e4f);
  EXPECT_EQ(One(run, UnaryOp::kRelu, -kInf), 0);
  EXPECT_EQ(One(run, UnaryOp::kLog, 0), -kInf);
  EXPECT_EQ(One(run, UnaryOp::kRsqrt, 0), kInf);
  EXPECT_TRUE(std::signbit(One(run, UnaryOp::kNeg, 0)));
  EXPECT_FALSE(std::signbit(One(run, UnaryOp::kNeg, -0.0f)));
}

INSTANTIATE_TEST_SUITE_P(Variants, UnaryTest, ::testing::ValuesIn(UnaryVariants().begin(), UnaryVariants().end()),
                         testing::VariantName<UnaryFunction>);

using BinaryTest = testing::VariantTest<BinaryFunction>;

BinaryArgs Args(BinaryOp op, const Matrix& a, const Matrix& b, bool broadcast, int64_t rows, int64_t width, Matrix& y) {
  return {.op = op,
          .a = a.data(),
          .a_stride = a.stride(),
          .b = b.data(),
          .b_stride = broadcast ? 0 : b.stride(),
          .rows = rows,
          .width = width,
          .y = y.data(),
          .y_stride = y.stride()};
}

// One IEEE operation: double arithmetic rounded once gives its very bits.
TEST_P(BinaryTest, GivesTheBitsOfTheReference) {
  std::mt19937_64 random(testing::Seed());
  for (BinaryOp op : BinaryOps()) {
    for (int64_t width : {0, 1, 8, 16, 21, 100}) {
      for (bool broadcast : {false, true}) {
        Matrix a(3, width, width + 1), b(3, width, width + 2), got(3, width, width + 3), want(3, width, width + 1);
        a.FillNormal(random);
        b.FillNormal(random);
        GetParam().run(Args(op, a, b, broadcast, 3, width, got));
        BinaryReference(Args(op, a, b, broadcast, 3, width, want));
        for (int64_t t = 0; t < 3; ++t) ASSERT_EQ(got.RowBits(t), want.RowBits(t)) << "op " << static_cast<int>(op);
        got.ExpectGapsUntouched();
        GetParam().run(Args(op, a, b, broadcast, 3, width, a));
        for (int64_t t = 0; t < 3; ++t) ASSERT_EQ(a.RowBits(t), want.RowBits(t)) << "in place";
      }
    }
  }
}

TEST_P(BinaryTest, NanAndInfinityInEitherOperand) {
  const float values[] = {kNan, kInf, -kInf, 0, 1};
  for (BinaryOp op : BinaryOps()) {
    for (float x : values) {
      for (float z : values) {
        Matrix a(1, 1, 1), b(1, 1, 1), got(1, 1, 1), want(1, 1, 1);
        a.At(0, 0) = x;
        b.At(0, 0) = z;
        GetParam().run(Args(op, a, b, false, 1, 1, got));
        BinaryReference(Args(op, a, b, false, 1, 1, want));
        const float y = got.At(0, 0), w = want.At(0, 0);
        EXPECT_TRUE(std::isnan(w) ? std::isnan(y) : y == w)
            << static_cast<int>(op) << "(" << x << ", " << z << ") = " << y;
        EXPECT_TRUE(std::isnan(y) || (!std::isnan(x) && !std::isnan(z)));
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Variants, BinaryTest, ::testing::ValuesIn(BinaryVariants().begin(), BinaryVariants().end()),
                         testing::VariantName<BinaryFunction>);

}  // namespace
}  // namespace lathe::kernels
