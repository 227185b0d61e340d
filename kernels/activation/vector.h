// activation for any vector type V of kernels/math. For <isa>.cc files only, which include their vector type
// themselves.
#ifndef LATHE_KERNELS_ACTIVATION_VECTOR_H_
#define LATHE_KERNELS_ACTIVATION_VECTOR_H_

#include "kernels/activation/activation.h"
#include "kernels/math/functions.h"

namespace lathe::kernels {
namespace {

template <typename V, typename F>
inline void MapUnary(const UnaryArgs& args, const F& f) {
  int64_t i = 0;
  for (; i + V::kLanes <= args.n; i += V::kLanes) V::Store(args.y + i, f(V::Load(args.x + i)));
  if (i < args.n) V::StoreFirst(args.y + i, args.n - i, f(V::LoadFirst(args.x + i, args.n - i)));
}

// No model that we serve takes a logarithm, so it stays scalar.
inline void MapLog(const UnaryArgs& args) {
  for (int64_t i = 0; i < args.n; ++i) args.y[i] = __builtin_logf(args.x[i]);
}

template <typename V>
inline void ApplyUnary(const UnaryArgs& args) {
  using Reg = typename V::Reg;
  switch (args.op) {
    case UnaryOp::kAbs:
      return MapUnary<V>(args, [](Reg x) { return V::Abs(x); });
    case UnaryOp::kErf:
      return MapUnary<V>(args, [](Reg x) { return Erf<V>(x); });
    case UnaryOp::kExp:
      return MapUnary<V>(args, [](Reg x) { return Exp<V>(x); });
    case UnaryOp::kGelu:
      return MapUnary<V>(args, [](Reg x) { return Gelu<V>(x); });
    case UnaryOp::kGeluTanh:
      return MapUnary<V>(args, [](Reg x) { return GeluTanh<V>(x); });
    case UnaryOp::kLog:
      return MapLog(args);
    case UnaryOp::kNeg:
      return MapUnary<V>(args, [](Reg x) { return V::Sub(V::Set(-0.0f), x); });
    case UnaryOp::kRelu:
      return MapUnary<V>(args, [](Reg x) { return Relu<V>(x); });
    case UnaryOp::kRsqrt:
      return MapUnary<V>(args, [](Reg x) { return V::Div(V::Set(1.0f), V::Sqrt(x)); });
    case UnaryOp::kSigmoid:
      return MapUnary<V>(args, [](Reg x) { return Sigmoid<V>(x); });
    case UnaryOp::kSilu:
      return MapUnary<V>(args, [](Reg x) { return Silu<V>(x); });
    case UnaryOp::kTanh:
      return MapUnary<V>(args, [](Reg x) { return Tanh<V>(x); });
  }
}

template <typename V, typename F>
inline void MapBinary(const BinaryArgs& args, const F& f) {
  for (int64_t t = 0; t < args.rows; ++t) {
    const float* a = args.a + t * args.a_stride;
    const float* b = args.b + t * args.b_stride;
    float* y = args.y + t * args.y_stride;
    int64_t d = 0;
    for (; d + V::kLanes <= args.width; d += V::kLanes) V::Store(y + d, f(V::Load(a + d), V::Load(b + d)));
    const int64_t n = args.width - d;
    if (n > 0) V::StoreFirst(y + d, n, f(V::LoadFirst(a + d, n), V::LoadFirst(b + d, n)));
  }
}

// The larger; NaN where either is. V::Max keeps a NaN in b only. Where a is NaN, or so large that it is the answer
// anyway, the sum is what is wanted: NaN or infinity.
template <typename V>
inline typename V::Reg MaxOrNan(typename V::Reg a, typename V::Reg b) {
  const auto max = V::Max(a, b);
  return V::SelectLess(a, V::Set(__builtin_inff()), max, V::Add(a, max));
}

template <typename V>
inline typename V::Reg MinOrNan(typename V::Reg a, typename V::Reg b) {
  const auto min = V::Min(a, b);
  return V::SelectLess(V::Set(-__builtin_inff()), a, min, V::Add(a, min));
}

template <typename V>
inline void ApplyBinary(const BinaryArgs& args) {
  using Reg = typename V::Reg;
  switch (args.op) {
    case BinaryOp::kAdd:
      return MapBinary<V>(args, [](Reg a, Reg b) { return V::Add(a, b); });
    case BinaryOp::kSub:
      return MapBinary<V>(args, [](Reg a, Reg b) { return V::Sub(a, b); });
    case BinaryOp::kMul:
      return MapBinary<V>(args, [](Reg a, Reg b) { return V::Mul(a, b); });
    case BinaryOp::kDiv:
      return MapBinary<V>(args, [](Reg a, Reg b) { return V::Div(a, b); });
    case BinaryOp::kMax:
      return MapBinary<V>(args, [](Reg a, Reg b) { return MaxOrNan<V>(a, b); });
    case BinaryOp::kMin:
      return MapBinary<V>(args, [](Reg a, Reg b) { return MinOrNan<V>(a, b); });
  }
}

}  // namespace
}  // namespace lathe::kernels

#endif  // LATHE_KERNELS_ACTIVATION_VECTOR_H_
