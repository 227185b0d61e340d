// The plain data of a matmul call, apart from matmul.h so that `<isa>.cc` files see no shared inline code.
#ifndef LATHE_KERNELS_MATMUL_PROBLEM_H_
#define LATHE_KERNELS_MATMUL_PROBLEM_H_

#include <cstdint>

namespace lathe::kernels {

// f in y = f(x w^T + bias) + residual; the formulas are those of kernels/activation.
enum class MatmulActivation { kNone, kRelu, kGelu, kGeluTanh, kSilu, kTanh, kSigmoid };
inline constexpr MatmulActivation kMatmulActivationLast = MatmulActivation::kSigmoid;

// What is known when weights are packed. Requires: n >= 1, k >= 1, and n * k * 8 within int64_t.
struct MatmulProblem {
  int64_t n = 0;  // Columns of y: output features.
  int64_t k = 0;  // Columns of x: input features.
  MatmulActivation activation = MatmulActivation::kNone;
  bool has_bias = false;
};

// One call. Computes columns [column_begin, column_end) of `rows` rows and touches no other element of y.
// Requires: x_stride >= k, y_stride >= n, residual_stride >= n (elements).
struct MatmulArgs {
  int64_t rows = 0;
  const float* x = nullptr;  // Row r at x + r * x_stride; any alignment.
  int64_t x_stride = 0;
  float* y = nullptr;  // Element (0, 0) of this call's rows, whatever column_begin is; any alignment.
  int64_t y_stride = 0;
  int64_t column_begin = 0;         // A multiple of column_tile().
  int64_t column_end = 0;           // A multiple of column_tile(), or n.
  const float* bias = nullptr;      // [n], exactly if the problem has a bias.
  const float* residual = nullptr;  // Row r at residual + r * residual_stride; null adds nothing. May be y itself.
  int64_t residual_stride = 0;
  void* scratch = nullptr;  // scratch_bytes(), 64-byte aligned, used by no other call at the same time.
};

}  // namespace lathe::kernels

#endif  // LATHE_KERNELS_MATMUL_PROBLEM_H_
