// F32x8: eight f32 in a register, the AVX2 + FMA instance of the vector type that kernels/math/functions.h is written
// for.
//
// Include this from <isa>.cc files only; the unnamed namespace and the meaning of each operation are explained in
// x86_avx512.h.
#ifndef LATHE_KERNELS_MATH_X86_AVX2_H_
#define LATHE_KERNELS_MATH_X86_AVX2_H_

#if !defined(__AVX2__) || !defined(__FMA__)
#error "compile this file with the flags of lathe_isa_sources (kernels/isa)"
#endif

#include <immintrin.h>

#include <cstdint>

namespace lathe::kernels {
namespace {

struct F32x8 {
  using Reg = __m256;
  static constexpr int kLanes = 8;
  static constexpr int kRegisters = 16;

  static Reg Zero() { return _mm256_setzero_ps(); }
  static Reg Set(float value) { return _mm256_set1_ps(value); }
  static Reg Load(const float* from) { return _mm256_loadu_ps(from); }
  static void Store(float* to, Reg x) { _mm256_storeu_ps(to, x); }
  // Masked accesses cost several plain ones. Where count is the constant kLanes only the plain one is compiled.
  static Reg LoadFirst(const float* from, int64_t count) {
    return count >= kLanes ? Load(from) : _mm256_maskload_ps(from, Mask(count));
  }
  static void StoreFirst(float* to, int64_t count, Reg x) {
    if (count >= kLanes) return Store(to, x);
    _mm256_maskstore_ps(to, Mask(count), x);
  }

  static Reg Add(Reg a, Reg b) { return _mm256_add_ps(a, b); }
  static Reg Sub(Reg a, Reg b) { return _mm256_sub_ps(a, b); }
  static Reg Mul(Reg a, Reg b) { return _mm256_mul_ps(a, b); }
  static Reg Div(Reg a, Reg b) { return _mm256_div_ps(a, b); }
  static Reg Sqrt(Reg x) { return _mm256_sqrt_ps(x); }
  static Reg Fma(Reg a, Reg b, Reg c) { return _mm256_fmadd_ps(a, b, c); }
  static Reg Fnma(Reg a, Reg b, Reg c) { return _mm256_fnmadd_ps(a, b, c); }
  static Reg Min(Reg a, Reg b) { return _mm256_min_ps(a, b); }
  static Reg Max(Reg a, Reg b) { return _mm256_max_ps(a, b); }
  static Reg Abs(Reg x) { return _mm256_andnot_ps(Set(-0.0f), x); }
  static Reg CopySign(Reg magnitude, Reg sign) { return _mm256_or_ps(Abs(magnitude), _mm256_and_ps(Set(-0.0f), sign)); }
  static Reg SelectLess(Reg a, Reg b, Reg yes, Reg no) {
    return _mm256_blendv_ps(no, yes, _mm256_cmp_ps(a, b, _CMP_LT_OQ));
  }
  static Reg Round(Reg x) { return _mm256_round_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
  // In two factors, as one exponent field cannot hold every n. Dividing an odd n leaves its other half to the second.
  static Reg Scale(Reg x, Reg n) {
    const __m256i whole = _mm256_cvtps_epi32(n);
    const __m256i half = _mm256_srai_epi32(whole, 1);
    return Mul(Mul(x, PowerOfTwo(half)), PowerOfTwo(_mm256_sub_epi32(whole, half)));
  }

  static float Sum(Reg x) {
    const __m128 four = _mm_add_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
    const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
  }
  static float Largest(Reg x) {
    const __m128 four = _mm_max_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
    const __m128 two = _mm_max_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_max_ss(two, _mm_movehdup_ps(two)));
  }

  static Reg KeepFirst(Reg x, int64_t count) {
    return count >= kLanes ? x : _mm256_and_ps(x, _mm256_castsi256_ps(Mask(count)));
  }
  static Reg SelectBetween(Reg x, int64_t begin, int64_t end, Reg other) {
    const __m256i below_begin = Mask(begin < 0 ? 0 : begin), below_end = Mask(end < 0 ? 0 : end);
    return _mm256_blendv_ps(other, x, _mm256_castsi256_ps(_mm256_andnot_si256(below_begin, below_end)));
  }
  static void Transpose(Reg (&rows)[kLanes]) {
    TransposeLanes(rows);
    TransposeLanes(rows + 4);
#pragma GCC unroll 4
    for (int c = 0; c < 4; ++c) {
      const Reg low = _mm256_permute2f128_ps(rows[c], rows[4 + c], 0x20);
      rows[4 + c] = _mm256_permute2f128_ps(rows[c], rows[4 + c], 0x31);
      rows[c] = low;
    }
  }

 private:
  // Transposes the 4 x 4 blocks in each 128-bit lane of four rows.
  static void TransposeLanes(Reg* r) {
    const Reg a = _mm256_unpacklo_ps(r[0], r[1]), b = _mm256_unpackhi_ps(r[0], r[1]);
    const Reg c = _mm256_unpacklo_ps(r[2], r[3]), d = _mm256_unpackhi_ps(r[2], r[3]);
    r[0] = _mm256_shuffle_ps(a, c, 0x44);
    r[1] = _mm256_shuffle_ps(a, c, 0xee);
    r[2] = _mm256_shuffle_ps(b, d, 0x44);
    r[3] = _mm256_shuffle_ps(b, d, 0xee);
  }
  static __m256i Mask(int64_t count) {
    const int clamped = count >= kLanes ? kLanes : static_cast<int>(count);
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(clamped), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
  }
  // 2^n for -126 <= n <= 127.
  static Reg PowerOfTwo(__m256i n) {
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_add_epi32(n, _mm256_set1_epi32(127)), 23));
  }
};

}  // namespace
}  // namespace lathe::kernels

#endif  // LATHE_KERNELS_MATH_X86_AVX2_H_
