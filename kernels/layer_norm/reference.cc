#include <cmath>

#include "kernels/layer_norm/layer_norm.h"

namespace lathe::kernels {
namespace {

// One row of the operands; the sum of input and residual is formed anew wherever it is read.
struct Row {
  const float* input;
  const float* residual;
  double At(int64_t d) const { return residual ? double{input[d]} + residual[d] : double{input[d]}; }
};

double Mean(const Row& x, int64_t width) {
  double sum = 0;
  for (int64_t d = 0; d < width; ++d) sum += x.At(d);
  return sum / static_cast<double>(width);
}

double Variance(const Row& x, int64_t width, double mean) {
  double sum = 0;
  for (int64_t d = 0; d < width; ++d) sum += (x.At(d) - mean) * (x.At(d) - mean);
  return sum / static_cast<double>(width);
}

}  // namespace

void LayerNormReference(const LayerNormArgs& args) {
  for (int64_t t = 0; t < args.rows; ++t) {
    const Row x = {args.input + t * args.input_stride,
                   args.residual ? args.residual + t * args.residual_stride : nullptr};
    const double mean = Mean(x, args.width);
    const double scale = 1 / std::sqrt(Variance(x, args.width, mean) + args.epsilon);
    float* y = args.y + t * args.y_stride;
    for (int64_t d = 0; d < args.width; ++d) {
      y[d] = static_cast<float>((x.At(d) - mean) * scale * args.gamma[d] + args.beta[d]);
    }
  }
}

}  // namespace lathe::kernels
