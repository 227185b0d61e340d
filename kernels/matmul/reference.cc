#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <numbers>

#include "kernels/matmul/matmul.h"

namespace lathe::kernels {
namespace {

double Activate(MatmulActivation activation, double x) {
  switch (activation) {
    case MatmulActivation::kNone:
      return x;
    case MatmulActivation::kRelu:
      return x < 0 ? 0 : x;  // This way round a NaN stays a NaN.
    case MatmulActivation::kGelu:
      return 0.5 * x * std::erfc(-x / std::numbers::sqrt2);
    case MatmulActivation::kGeluTanh:
      return 0.5 * x * (1 + std::tanh(std::numbers::sqrt2 * std::numbers::inv_sqrtpi * (x + 0.044715 * x * x * x)));
    case MatmulActivation::kSilu:
      return x / (1 + std::exp(-x));
    case MatmulActivation::kTanh:
      return std::tanh(x);
    case MatmulActivation::kSigmoid:
      return 1 / (1 + std::exp(-x));
  }
  return std::numeric_limits<double>::quiet_NaN();
}

double Dot(const float* x, const float* w, int64_t k) {
  double sum = 0;
  for (int64_t i = 0; i < k; ++i) sum += static_cast<double>(x[i]) * w[i];
  return sum;
}

class ReferencePrepared : public PreparedMatmul {
 public:
  ReferencePrepared(const MatmulProblem& problem, const float* w) : problem_(problem), w_(w) {}

  void Run(const MatmulArgs& args) const override { MatmulReference(problem_, w_, args); }
  int64_t column_tile() const override { return 1; }
  int64_t scratch_bytes() const override { return 0; }

 private:
  const MatmulProblem problem_;
  const float* const w_;
};

const char* RefuseNothing(const MatmulProblem& problem) { return nullptr; }

int64_t WeightBytes(const MatmulProblem& problem) {
  return problem.n * problem.k * static_cast<int64_t>(sizeof(float));
}

std::unique_ptr<PreparedMatmul> PrepareReference(const MatmulProblem& problem, const float* w, void* packed) {
  std::memcpy(packed, w, static_cast<size_t>(WeightBytes(problem)));
  return std::make_unique<ReferencePrepared>(problem, static_cast<const float*>(packed));
}

}  // namespace

extern const MatmulCandidate kReferenceMatmul;
const MatmulCandidate kReferenceMatmul = {"reference", Isa::kAny, RefuseNothing, WeightBytes, PrepareReference};

void MatmulReference(const MatmulProblem& problem, const float* w, const MatmulArgs& args) {
  for (int64_t row = 0; row < args.rows; ++row) {
    const float* x = args.x + row * args.x_stride;
    float* y = args.y + row * args.y_stride;
    for (int64_t column = args.column_begin; column < args.column_end; ++column) {
      const double bias = problem.has_bias ? args.bias[column] : 0;
      const double sum = Dot(x, w + column * problem.k, problem.k) + bias;
      const double residual = args.residual != nullptr ? args.residual[row * args.residual_stride + column] : 0;
      y[column] = static_cast<float>(Activate(problem.activation, sum) + residual);
    }
  }
}

}  // namespace lathe::kernels
