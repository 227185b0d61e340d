#include <cmath>
#include <limits>

#include "kernels/softmax/softmax.h"

namespace lathe::kernels {
namespace {

double Max(const float* x, int64_t width) {
  double largest = -std::numeric_limits<double>::infinity();
  for (int64_t d = 0; d < width; ++d) largest = x[d] > largest ? x[d] : largest;
  // A row that is masked whole: any finite number will do, every exponential is 0.
  return std::isinf(largest) && largest < 0 ? 0 : largest;
}

double SumOfExponentials(const float* x, int64_t width, double max) {
  double sum = 0;
  for (int64_t d = 0; d < width; ++d) sum += std::exp(x[d] - max);
  return sum;
}

}  // namespace

void SoftmaxReference(const SoftmaxArgs& args) {
  for (int64_t t = 0; t < args.rows; ++t) {
    const float* x = args.x + t * args.x_stride;
    float* y = args.y + t * args.y_stride;
    const double max = Max(x, args.width);
    const double sum = SumOfExponentials(x, args.width, max);
    const double scale = sum == 0 ? 0 : 1 / sum;
    for (int64_t d = 0; d < args.width; ++d) y[d] = static_cast<float>(std::exp(x[d] - max) * scale);
  }
}

}  // namespace lathe::kernels
