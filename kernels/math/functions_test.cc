#include "kernels/math/functions_test.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>
#include <limits>
#include <numbers>
#include <vector>

#include "gtest/gtest.h"
#include "kernels/isa/isa.h"

namespace lathe::kernels {
namespace {

constexpr float kInf = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

// Every 4099th f32 (a prime, so that low bits vary), and a dense walk where the functions bend. Finite only.
std::vector<float> Inputs() {
  std::vector<float> inputs;
  for (uint64_t bits = 0; bits < (uint64_t{1} << 32); bits += 4099) {
    const float x = std::bit_cast<float>(static_cast<uint32_t>(bits));
    if (std::isfinite(x)) inputs.push_back(x);
  }
  for (int i = -400000; i <= 400000; ++i) inputs.push_back(static_cast<float>(i) * 2.6e-5f);
  return inputs;
}

// The distance in units of the last place that an f32 result of this size has; subnormals count as the smallest normal.
double Ulps(double got, double want) {
  const double size = std::max(std::fabs(want), static_cast<double>(std::numeric_limits<float>::min()));
  return std::fabs(got - want) / std::ldexp(1.0, std::ilogb(size) - 23);
}

double AbsoluteError(double got, double want) { return std::fabs(got - want); }

struct Worst {
  double error = 0;
  float x = 0;
};

using Exact = double (*)(double);
using Measure = double (*)(double got, double want);

Worst WorstError(ArrayFunction* function, Exact exact, Measure measure, const std::function<bool(float)>& domain) {
  static const std::vector<float> inputs = Inputs();
  std::vector<float> outputs(inputs.size());
  function(inputs.data(), static_cast<int64_t>(inputs.size()), outputs.data());
  Worst worst;
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (!domain(inputs[i])) continue;
    const double error = measure(outputs[i], exact(inputs[i]));
    if (!(error <= worst.error)) worst = {error, inputs[i]};
  }
  return worst;
}

bool Anywhere(float) { return true; }

double ExactSigmoid(double x) { return 1 / (1 + std::exp(-x)); }
double ExactSilu(double x) { return x / (1 + std::exp(-x)); }
double ExactGelu(double x) { return 0.5 * x * std::erfc(-x / std::numbers::sqrt2); }
double ExactGeluTanh(double x) {
  return 0.5 * x * (1 + std::tanh(std::numbers::sqrt2 * std::numbers::inv_sqrtpi * (x + 0.044715 * x * x * x)));
}

// |got - want| where x is small; relative to x where it is large, as the result is then x or 0.
Worst WorstActivationError(ArrayFunction* function, Exact exact) {
  const auto at_most = [](float bound) { return [bound](float x) { return std::fabs(x) <= bound; }; };
  Worst worst = WorstError(function, exact, AbsoluteError, at_most(1));
  const auto relative = [](double got, double want) { return std::fabs(got - want) / std::max(1.0, std::fabs(want)); };
  const Worst beyond = WorstError(function, exact, relative, Anywhere);
  return beyond.error > worst.error ? beyond : worst;
}

class MathFunctions : public testing::TestWithParam<std::pair<Isa, const ArrayFunctions*>> {
 protected:
  void SetUp() override {
    if (!MachineHas(GetParam().first)) GTEST_SKIP() << "this machine lacks " << Name(GetParam().first);
  }
  const ArrayFunctions& functions() const { return *GetParam().second; }
  float At(ArrayFunction* function, float x) const {
    float y = 0;
    function(&x, 1, &y);
    return y;
  }
};

void ExpectWithin(const char* what, Worst worst, double bound) {
  EXPECT_LE(worst.error, bound) << what << " at x = " << worst.x;
  testing::Test::RecordProperty(what, std::to_string(worst.error));
  printf("%-22s %.3g at %.9g\n", what, worst.error, worst.x);
}

TEST_P(MathFunctions, ErrorsAreAsTheHeaderSays) {
  const ArrayFunctions& f = functions();
  ExpectWithin("exp ulp", WorstError(f.exp, std::exp, Ulps, [](float x) { return x <= 88.72f; }), 1.1);
  ExpectWithin("erf ulp", WorstError(f.erf, std::erf, Ulps, Anywhere), 2.5);
  ExpectWithin("erf absolute", WorstError(f.erf, std::erf, AbsoluteError, Anywhere), 1.3e-7);
  ExpectWithin("tanh ulp", WorstError(f.tanh, std::tanh, Ulps, Anywhere), 2.5);
  ExpectWithin("tanh absolute", WorstError(f.tanh, std::tanh, AbsoluteError, Anywhere), 1.3e-7);
  ExpectWithin("sigmoid ulp", WorstError(f.sigmoid, ExactSigmoid, Ulps, [](float x) { return x > -87.3f; }), 2.5);
  ExpectWithin("gelu", WorstActivationError(f.gelu, ExactGelu), 1.2e-7);
  ExpectWithin("gelu_tanh", WorstActivationError(f.gelu_tanh, ExactGeluTanh), 1.5e-7);
  ExpectWithin("silu", WorstActivationError(f.silu, ExactSilu), 1.5e-7);
}

TEST_P(MathFunctions, SpecialValues) {
  const ArrayFunctions& f = functions();
  EXPECT_EQ(At(f.exp, -kInf), 0);
  EXPECT_EQ(At(f.exp, kInf), kInf);
  EXPECT_EQ(At(f.exp, 88.75f), kInf);
  EXPECT_EQ(At(f.exp, 0), 1);
  EXPECT_EQ(At(f.erf, kInf), 1);
  EXPECT_EQ(At(f.erf, -kInf), -1);
  EXPECT_EQ(At(f.tanh, kInf), 1);
  EXPECT_EQ(At(f.tanh, -kInf), -1);
  EXPECT_EQ(At(f.sigmoid, -kInf), 0);
  EXPECT_EQ(At(f.sigmoid, kInf), 1);
  EXPECT_EQ(At(f.gelu, kInf), kInf);
  EXPECT_NEAR(At(f.gelu, -kInf), 0, 1e-26);
  EXPECT_EQ(At(f.relu, -kInf), 0);
  EXPECT_EQ(At(f.relu, 3), 3);
}

TEST_P(MathFunctions, NanStaysNan) {
  const ArrayFunctions& f = functions();
  for (ArrayFunction* function : {f.exp, f.erf, f.tanh, f.sigmoid, f.silu, f.relu, f.gelu, f.gelu_tanh}) {
    EXPECT_TRUE(std::isnan(At(function, kNan)));
  }
}

TEST_P(MathFunctions, AMaskedTailTouchesNothingElse) {
  for (int n = 0; n <= functions().lanes; ++n) {
    std::vector<float> x(static_cast<size_t>(n), 1.0f);  // Exactly sized: asan sees a read beyond it.
    std::vector<float> y(static_cast<size_t>(functions().lanes) + 1, -7.0f);
    functions().relu(x.data(), n, y.data());
    for (int i = 0; i <= functions().lanes; ++i) EXPECT_EQ(y[static_cast<size_t>(i)], i < n ? 1.0f : -7.0f);
  }
}

TEST_P(MathFunctions, SumAndLargestCoverEveryLane) {
  for (int lane = 0; lane < functions().lanes; ++lane) {
    std::vector<float> x(static_cast<size_t>(functions().lanes), -1.0f);
    x[static_cast<size_t>(lane)] = 100.0f;
    EXPECT_EQ(functions().sum(x.data()), 100.0f - static_cast<float>(functions().lanes - 1));
    EXPECT_EQ(functions().largest(x.data()), 100.0f);
  }
}

#if defined(__x86_64__)
INSTANTIATE_TEST_SUITE_P(Isas, MathFunctions,
                         testing::Values(std::pair(Isa::kAvx2, &kAvx2Functions),
                                         std::pair(Isa::kAvx512, &kAvx512Functions)),
                         [](const auto& info) { return Name(info.param.first); });
#else
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(MathFunctions);
#endif

}  // namespace
}  // namespace lathe::kernels
