// Elementary functions on vectors: Exp, Erf, Tanh, Sigmoid, and the activations built on them.
//
// Templates over a vector type V (F32x16 of x86_avx512.h, F32x8 of x86_avx2.h): include that header and this one from
// <isa>.cc files only, and write `Exp<F32x16>(x)`. All V give the same results, except for rounding of
// denormal ones. Largest errors against the exact value, measured by functions_test over a dense walk of all f32:
//
//   function    largest error                     specials
//   Exp         1.1 ULP, denormal results too     -inf -> 0, above 88.73 -> +inf, NaN -> NaN
//   Erf         2.5 ULP, 1.3e-7 absolute          +-inf -> +-1, NaN -> NaN
//   Tanh        2.5 ULP, 1.3e-7 absolute          +-inf -> +-1, NaN -> NaN
//   Sigmoid     2.5 ULP where normal              -inf -> 0, +inf -> 1, NaN -> NaN
//   Gelu        1.2e-7 * max(1, |x|) absolute     +inf -> +inf, -inf -> 0 (below -12: > -1e-26), NaN -> NaN
//   GeluTanh    1.5e-7 * max(1, |x|) absolute     +inf -> +inf, NaN and -inf -> NaN
//   Silu        1.5e-7 * max(1, |x|) absolute     +inf -> +inf, NaN and -inf -> NaN
//
// Polynomials are minimax fits by fit_polynomials.py, which prints each with its error.
#ifndef LATHE_KERNELS_MATH_FUNCTIONS_H_
#define LATHE_KERNELS_MATH_FUNCTIONS_H_

namespace lathe::kernels {
namespace {

// coefficient[0] + coefficient[1] * x + ..., by Horner's rule.
template <typename V, int kCount>
inline typename V::Reg Polynomial(typename V::Reg x, const float (&coefficient)[kCount]) {
  typename V::Reg sum = V::Set(coefficient[kCount - 1]);
#pragma GCC unroll 8
  for (int i = kCount - 2; i >= 0; --i) sum = V::Fma(sum, x, V::Set(coefficient[i]));
  return sum;
}

// e^x.
template <typename V>
inline typename V::Reg Exp(typename V::Reg x) {
  // Beyond these the answer is 0 or infinity by itself; inside, n stays within what Scale takes.
  x = V::Max(V::Set(-104.0f), V::Min(V::Set(89.0f), x));
  const auto n = V::Round(V::Mul(x, V::Set(1.44269504f)));
  // x - n ln 2 in two steps: 0.693359375 has so few bits that n times it is exact.
  auto r = V::Fnma(n, V::Set(0.693359375f), x);
  r = V::Fnma(n, V::Set(-2.12194440e-4f), r);
  // e^r = 1 + r + r^2 p(r) for |r| <= ln 2 / 2; relative error 3e-9.
  const auto p =
      Polynomial<V>(r, {4.999999343e-01f, 1.666652040e-01f, 4.166839079e-02f, 8.368745116e-03f, 1.381453999e-03f});
  const auto tail = V::Fma(V::Mul(r, r), p, r);
  return V::Scale(V::Add(V::Set(1.0f), tail), n);
}

// 2^x for x in [-250, 120]: about 2 ULP. NaN gives NaN.
template <typename V>
inline typename V::Reg Exp2Coarse(typename V::Reg x) {
  const auto n = V::Round(x);
  // Relative error 9e-8 for |x - n| <= 1/2.
  const auto p = Polynomial<V>(
      V::Sub(x, n), {1.0f, 6.931469776e-01f, 2.402224209e-01f, 5.550733744e-02f, 9.671512649e-03f, 1.326472707e-03f});
  return V::Scale(p, n);
}

// (2 / sqrt(pi)) * integral of e^(-t^2) from 0 to x.
template <typename V>
inline typename V::Reg Erf(typename V::Reg x) {
  const auto t = V::Min(V::Set(8.0f), V::Abs(x));
  // Near zero an odd polynomial keeps the relative error small; elsewhere log2(1 - erf) is nearly a parabola.
  const auto near = V::Mul(t, Polynomial<V>(V::Mul(t, t), {1.128379154e+00f, -3.761252329e-01f, 1.128214093e-01f,
                                                           -2.677891227e-02f, 5.011966931e-03f, -6.090378330e-04f}));
  const auto log = Polynomial<V>(t, {-2.708877859e-03f, -1.616093698e+00f, -9.388414996e-01f, -1.314426974e-01f,
                                     2.247579886e-02f, -1.805620376e-03f});
  const auto far = V::Sub(V::Set(1.0f), Exp2Coarse<V>(log));
  return V::CopySign(V::SelectLess(t, V::Set(0.9f), near, far), x);
}

// (e^x - e^-x) / (e^x + e^-x).
template <typename V>
inline typename V::Reg Tanh(typename V::Reg x) {
  const auto t = V::Min(V::Set(10.0f), V::Abs(x));
  const auto z = V::Mul(t, t);
  const auto p =
      Polynomial<V>(z, {-3.333328194e-01f, 1.333144220e-01f, -5.373971519e-02f, 2.063908757e-02f, -5.704987339e-03f});
  const auto near = V::Fma(V::Mul(t, z), p, t);
  const auto e = Exp<V>(V::Add(t, t));
  const auto far = V::Sub(V::Set(1.0f), V::Div(V::Set(2.0f), V::Add(e, V::Set(1.0f))));
  return V::CopySign(V::SelectLess(t, V::Set(0.625f), near, far), x);
}

// 1 / (1 + e^-x).
template <typename V>
inline typename V::Reg Sigmoid(typename V::Reg x) {
  return V::Div(V::Set(1.0f), V::Add(V::Set(1.0f), Exp<V>(V::Sub(V::Zero(), x))));
}

// x / (1 + e^-x).
template <typename V>
inline typename V::Reg Silu(typename V::Reg x) {
  return V::Div(x, V::Add(V::Set(1.0f), Exp<V>(V::Sub(V::Zero(), x))));
}

// max(x, 0); NaN stays NaN.
template <typename V>
inline typename V::Reg Relu(typename V::Reg x) {
  return V::Max(V::Zero(), x);
}

// x/2 (1 + erf(x / sqrt 2)).  Source: Hendrycks and Gimpel 2016, arXiv 1606.08415.
template <typename V>
inline typename V::Reg Gelu(typename V::Reg x) {
  // With q(t) the normal distribution's tail at t = |x|, the two signs of x share one form: max(x, 0) - t q(t). No
  // cancellation, no division, and log2 q is smooth: one polynomial serves all x (absolute error of t q: 6e-8).
  const auto t = V::Min(V::Set(12.0f), V::Abs(x));
  const auto log = Polynomial<V>(t, {-9.999930611e-01f, -1.151201702e+00f, -4.587709746e-01f, -5.341210276e-02f,
                                     8.080715691e-03f, -7.692194619e-04f, 3.309278928e-05f});
  return V::Fnma(t, Exp2Coarse<V>(log), Relu<V>(x));
}

// x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))), the same as x * sigmoid(2 sqrt(2/pi) (...)).
template <typename V>
inline typename V::Reg GeluTanh(typename V::Reg x) {
  const auto cubic = V::Fma(V::Mul(x, x), V::Set(-2.0f * 0.79788456f * 0.044715f), V::Set(-2.0f * 0.79788456f));
  return V::Div(x, V::Add(V::Set(1.0f), Exp<V>(V::Mul(x, cubic))));
}

}  // namespace
}  // namespace lathe::kernels

#endif  // LATHE_KERNELS_MATH_FUNCTIONS_H_
