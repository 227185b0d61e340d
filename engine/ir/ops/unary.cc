// Elementwise functions of one f32 value: y[i] = f(x[i]), computed in f64 and rounded once.
#include <cmath>

#include "engine/base/status_macros.h"
#include "engine/ir/ops/checks.h"
#include "engine/ir/ops/ops.h"

namespace lathe {
namespace {

absl::StatusOr<Type> InferUnary(const InferenceContext& context) {
  RETURN_IF_ERROR(WantDType("x", context.inputs[0], DType::kF32));
  return context.inputs[0];
}

Tensor Map(const Tensor& x, double (*function)(double)) {
  Tensor y(DType::kF32, x.shape());
  for (int64_t i = 0; i < x.size(); ++i) {
    y.mutable_data<float>()[i] = static_cast<float>(function(x.data<float>()[i]));
  }
  return y;
}

double Sigmoid(double x) { return 1 / (1 + std::exp(-x)); }
// Source: Hendrycks and Gimpel 2016, arXiv 1606.08415: x * Phi(x), and the approximation through tanh.
double Gelu(double x) { return 0.5 * x * (1 + std::erf(x / std::sqrt(2.0))); }
double GeluTanh(double x) { return 0.5 * x * (1 + std::tanh(std::sqrt(2 / M_PI) * (x + 0.044715 * x * x * x))); }

}  // namespace

#define LATHE_UNARY(enumerator, function)                                                                 \
  absl::StatusOr<Type> Infer##enumerator(const InferenceContext& context) { return InferUnary(context); } \
  absl::StatusOr<Tensor> Evaluate##enumerator(const EvaluationContext& context) {                         \
    return Map(context.inputs[0], function);                                                              \
  }

LATHE_UNARY(Neg, [](double x) { return -x; })
LATHE_UNARY(Abs, [](double x) { return std::fabs(x); })
LATHE_UNARY(Exp, [](double x) { return std::exp(x); })
LATHE_UNARY(Log, [](double x) { return std::log(x); })
LATHE_UNARY(Rsqrt, [](double x) { return 1 / std::sqrt(x); })
LATHE_UNARY(Tanh, [](double x) { return std::tanh(x); })
LATHE_UNARY(Erf, [](double x) { return std::erf(x); })
LATHE_UNARY(Gelu, Gelu)
LATHE_UNARY(GeluTanh, GeluTanh)
LATHE_UNARY(Relu, [](double x) { return x > 0 ? x : 0 * x; })  // 0 * x keeps a NaN.
LATHE_UNARY(Silu, [](double x) { return x * Sigmoid(x); })
LATHE_UNARY(Sigmoid, Sigmoid)
#undef LATHE_UNARY

}  // namespace lathe
