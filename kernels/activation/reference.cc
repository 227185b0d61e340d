#include <cmath>
#include <limits>
#include <numbers>

#include "kernels/activation/activation.h"

namespace lathe::kernels {
namespace {

double GeluTanh(double x) {
  return 0.5 * x * (1 + std::tanh(std::numbers::sqrt2 * std::numbers::inv_sqrtpi * (x + 0.044715 * x * x * x)));
}

double Apply(UnaryOp op, double x) {
  switch (op) {
    case UnaryOp::kAbs:
      return std::fabs(x);
    case UnaryOp::kErf:
      return std::erf(x);
    case UnaryOp::kExp:
      return std::exp(x);
    case UnaryOp::kGelu:
      return 0.5 * x * std::erfc(-x / std::numbers::sqrt2);
    case UnaryOp::kGeluTanh:
      return GeluTanh(x);
    case UnaryOp::kLog:
      return std::log(x);
    case UnaryOp::kNeg:
      return -x;
    case UnaryOp::kRelu:
      return x < 0 ? 0 : x;  // This way round a NaN stays a NaN.
    case UnaryOp::kRsqrt:
      return 1 / std::sqrt(x);
    case UnaryOp::kSigmoid:
      return 1 / (1 + std::exp(-x));
    case UnaryOp::kSilu:
      return x / (1 + std::exp(-x));
    case UnaryOp::kTanh:
      return std::tanh(x);
  }
  return std::numeric_limits<double>::quiet_NaN();
}

double Apply(BinaryOp op, double a, double b) {
  switch (op) {
    case BinaryOp::kAdd:
      return a + b;
    case BinaryOp::kSub:
      return a - b;
    case BinaryOp::kMul:
      return a * b;
    case BinaryOp::kDiv:
      return a / b;
    case BinaryOp::kMax:
      return std::isnan(a) || a > b ? a : b;
    case BinaryOp::kMin:
      return std::isnan(a) || a < b ? a : b;
  }
  return std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

void UnaryReference(const UnaryArgs& args) {
  for (int64_t i = 0; i < args.n; ++i) args.y[i] = static_cast<float>(Apply(args.op, args.x[i]));
}

void BinaryReference(const BinaryArgs& args) {
  for (int64_t t = 0; t < args.rows; ++t) {
    const float* a = args.a + t * args.a_stride;
    const float* b = args.b + t * args.b_stride;
    float* y = args.y + t * args.y_stride;
    for (int64_t d = 0; d < args.width; ++d) y[d] = static_cast<float>(Apply(args.op, a[d], b[d]));
  }
}

}  // namespace lathe::kernels
