// activation: elementwise functions of one or two operands, for graphs that are not fused.
//
//   unary:   y[i] = op(x[i])                  i < n
//   binary:  y[t, d] = op(a[t, d], b[t, d])   t < rows, d < width; b_stride = 0 gives every row the same b (broadcast)
//
// Layout: f32; a unary operand is contiguous, row t of a binary operand is at t * stride elements. Alignment: none
// needed. Aliasing: y may be exactly x, or exactly a or b (same pointer and stride); no other overlap. Accuracy: the
// reference computes in double and rounds once; the others follow kernels/math. NaN gives NaN in all functions.
// Thread-safe: no state. Source: GELU: Hendrycks and Gimpel 2016, arXiv 1606.08415.
#ifndef LATHE_KERNELS_ACTIVATION_ACTIVATION_H_
#define LATHE_KERNELS_ACTIVATION_ACTIVATION_H_

#include <cstdint>
#include <span>

#include "kernels/isa/isa.h"

namespace lathe::kernels {

enum class UnaryOp {
  kAbs,
  kErf,
  kExp,
  kGelu,      // x * (1 + erf(x / sqrt(2))) / 2
  kGeluTanh,  // x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3))) / 2
  kLog,
  kNeg,
  kRelu,
  kRsqrt,
  kSigmoid,
  kSilu,  // x * sigmoid(x)
  kTanh,
};
inline constexpr UnaryOp kUnaryOpLast = UnaryOp::kTanh;

enum class BinaryOp { kAdd, kSub, kMul, kDiv, kMax, kMin };
inline constexpr BinaryOp kBinaryOpLast = BinaryOp::kMin;

// Requires: n >= 0.
struct UnaryArgs {
  UnaryOp op = UnaryOp::kAbs;
  const float* x = nullptr;
  int64_t n = 0;
  float* y = nullptr;
};

// Requires: rows >= 0, width >= 0; strides >= width, or b_stride = 0.
struct BinaryArgs {
  BinaryOp op = BinaryOp::kAdd;
  const float* a = nullptr;
  int64_t a_stride = 0;
  const float* b = nullptr;
  int64_t b_stride = 0;
  int64_t rows = 0;
  int64_t width = 0;
  float* y = nullptr;
  int64_t y_stride = 0;
};

using UnaryFunction = void(const UnaryArgs& args);
using BinaryFunction = void(const BinaryArgs& args);

// Best first, the reference last; both lists have the same rows.
std::span<const Variant<UnaryFunction>> UnaryVariants();
std::span<const Variant<BinaryFunction>> BinaryVariants();

// The oracles: plain loops in double.
void UnaryReference(const UnaryArgs& args);
void BinaryReference(const BinaryArgs& args);

}  // namespace lathe::kernels

#endif  // LATHE_KERNELS_ACTIVATION_ACTIVATION_H_
