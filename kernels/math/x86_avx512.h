// F32x16: sixteen f32 in a register, the AVX-512 instance of the vector type that kernels/math/functions.h is written
// for.
//
// Include this from <isa>.cc files only. Everything sits in an unnamed namespace on purpose: no copy of this code can
// be picked by the linker for a file that must run on machines without AVX-512 (see kernels/isa/isa.h).
#ifndef LATHE_KERNELS_MATH_X86_AVX512_H_
#define LATHE_KERNELS_MATH_X86_AVX512_H_

#if !defined(__AVX512F__) || !defined(__AVX512DQ__)
#error "compile this file with the flags of lathe_isa_sources (kernels/isa)"
#endif

#include <immintrin.h>

#include <cstdint>

namespace lathe::kernels {
namespace {

// The operations that every vector type of this folder offers; kernels are templates over such a type.
struct F32x16 {
  using Reg = __m512;
  static constexpr int kLanes = 16;
  static constexpr int kRegisters = 32;

  static Reg Zero() { return _mm512_setzero_ps(); }
  static Reg Set(float value) { return _mm512_set1_ps(value); }
  static Reg Load(const float* from) { return _mm512_loadu_ps(from); }
  static void Store(float* to, Reg x) { _mm512_storeu_ps(to, x); }
  // The first `count` lanes, 0 <= count; other lanes are zero and their memory is not touched. All lanes if count
  // >= 16.
  static Reg LoadFirst(const float* from, int64_t count) { return _mm512_maskz_loadu_ps(Mask(count), from); }
  static void StoreFirst(float* to, int64_t count, Reg x) { _mm512_mask_storeu_ps(to, Mask(count), x); }

  static Reg Add(Reg a, Reg b) { return _mm512_add_ps(a, b); }
  static Reg Sub(Reg a, Reg b) { return _mm512_sub_ps(a, b); }
  static Reg Mul(Reg a, Reg b) { return _mm512_mul_ps(a, b); }
  static Reg Div(Reg a, Reg b) { return _mm512_div_ps(a, b); }
  static Reg Sqrt(Reg x) { return _mm512_sqrt_ps(x); }
  // a * b + c and c - a * b, rounded once.
  static Reg Fma(Reg a, Reg b, Reg c) { return _mm512_fmadd_ps(a, b, c); }
  static Reg Fnma(Reg a, Reg b, Reg c) { return _mm512_fnmadd_ps(a, b, c); }
  // If either is NaN the answer is b: put the value whose NaN must survive second.
  static Reg Min(Reg a, Reg b) { return _mm512_min_ps(a, b); }
  static Reg Max(Reg a, Reg b) { return _mm512_max_ps(a, b); }
  static Reg Abs(Reg x) { return _mm512_andnot_ps(Set(-0.0f), x); }
  // |magnitude| with the sign of `sign`.
  static Reg CopySign(Reg magnitude, Reg sign) { return _mm512_or_ps(Abs(magnitude), _mm512_and_ps(Set(-0.0f), sign)); }
  // a < b ? yes : no, lane by lane; `no` where a or b is NaN.
  static Reg SelectLess(Reg a, Reg b, Reg yes, Reg no) {
    return _mm512_mask_blend_ps(_mm512_cmp_ps_mask(a, b, _CMP_LT_OQ), no, yes);
  }
  // To the nearest whole number, ties to even.
  static Reg Round(Reg x) { return _mm512_roundscale_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
  // x * 2^n for a whole n, with gradual underflow and overflow to infinity. Requires: |n| <= 250.
  static Reg Scale(Reg x, Reg n) { return _mm512_scalef_ps(x, n); }

  // Over all lanes, as a tree whose shape never changes.
  static float Sum(Reg x) { return _mm512_reduce_add_ps(x); }
  static float Largest(Reg x) { return _mm512_reduce_max_ps(x); }

  // The first `count` lanes of x, zero in the others; 0 <= count.
  static Reg KeepFirst(Reg x, int64_t count) { return _mm512_maskz_mov_ps(Mask(count), x); }
  // Lanes begin <= i < end of x, `other` elsewhere; begin and end may lie outside 0 .. kLanes.
  static Reg SelectBetween(Reg x, int64_t begin, int64_t end, Reg other) {
    const __mmask16 below_begin = Mask(begin < 0 ? 0 : begin), below_end = Mask(end < 0 ? 0 : end);
    return _mm512_mask_mov_ps(other, _kandn_mask16(below_begin, below_end), x);
  }
  // rows[i][j] <-> rows[j][i].
  static void Transpose(Reg (&rows)[kLanes]) {
#pragma GCC unroll 4
    for (int i = 0; i < 16; i += 4) TransposeLanes(rows + i);
    // Now 128-bit lane l of rows[4 i + c] holds column 4 l + c of rows 4 i .. 4 i + 3: transpose the lanes.
    Reg columns[kLanes];
#pragma GCC unroll 4
    for (int c = 0; c < 4; ++c) {
      const Reg a = _mm512_shuffle_f32x4(rows[c], rows[4 + c], 0x88);
      const Reg b = _mm512_shuffle_f32x4(rows[8 + c], rows[12 + c], 0x88);
      const Reg d = _mm512_shuffle_f32x4(rows[c], rows[4 + c], 0xdd);
      const Reg e = _mm512_shuffle_f32x4(rows[8 + c], rows[12 + c], 0xdd);
      columns[c] = _mm512_shuffle_f32x4(a, b, 0x88);
      columns[4 + c] = _mm512_shuffle_f32x4(d, e, 0x88);
      columns[8 + c] = _mm512_shuffle_f32x4(a, b, 0xdd);
      columns[12 + c] = _mm512_shuffle_f32x4(d, e, 0xdd);
    }
#pragma GCC unroll 16
    for (int i = 0; i < 16; ++i) rows[i] = columns[i];
  }

 private:
  // Transposes the 4 x 4 blocks in each 128-bit lane of four rows.
  static void TransposeLanes(Reg* r) {
    const Reg a = _mm512_unpacklo_ps(r[0], r[1]), b = _mm512_unpackhi_ps(r[0], r[1]);
    const Reg c = _mm512_unpacklo_ps(r[2], r[3]), d = _mm512_unpackhi_ps(r[2], r[3]);
    r[0] = _mm512_shuffle_ps(a, c, 0x44);
    r[1] = _mm512_shuffle_ps(a, c, 0xee);
    r[2] = _mm512_shuffle_ps(b, d, 0x44);
    r[3] = _mm512_shuffle_ps(b, d, 0xee);
  }
  static __mmask16 Mask(int64_t count) {
    return count >= kLanes ? static_cast<__mmask16>(0xffff) : static_cast<__mmask16>((1u << count) - 1);
  }
};

}  // namespace
}  // namespace lathe::kernels

#endif  // LATHE_KERNELS_MATH_X86_AVX512_H_
