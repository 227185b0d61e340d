// One sequence as blocked.h works on it: which keys a query sees, and keys and values packed into scratch. For <isa>.cc
// files only, by way of blocked.h.
#ifndef LATHE_KERNELS_ATTENTION_SEQUENCE_H_
#define LATHE_KERNELS_ATTENTION_SEQUENCE_H_

#include "kernels/attention/attention.h"

namespace lathe::kernels {
namespace {

// Below this length the rows of v, one stride apart, still fit the few cache sets that a stride such as 3 * 768
// elements leaves them (9216 bytes: every 4th row falls into the same 4 of 64 sets of 8 lines); a copy would cost more
// than it saves.
inline constexpr int64_t kPackValuesAbove = 32;

constexpr int64_t Smaller(int64_t a, int64_t b) { return a < b ? a : b; }
constexpr int64_t Larger(int64_t a, int64_t b) { return a > b ? a : b; }
template <typename V>
inline int64_t RoundDown(int64_t n) {
  return n / V::kLanes * V::kLanes;
}
template <typename V>
inline int64_t RoundUp(int64_t n) {
  return RoundDown<V>(n + V::kLanes - 1);
}

struct Keys {
  int64_t begin;
  int64_t end;
};

// The keys that the query at `position` sees.
inline Keys VisibleKeys(const AttentionArgs& args, int64_t length, int64_t position) {
  Keys keys = {0, length};
  if (args.window_left >= 0) keys.begin = Larger(0, position - args.window_left);
  if (args.window_right >= 0) keys.end = Smaller(length, position + args.window_right + 1);
  if (args.causal) keys.end = Smaller(keys.end, position + 1);
  return keys;
}

// One sequence and key head, and the scratch for it. Packed keys are panels of head_dim x kLanes, one for kLanes keys;
// rows of scores are a vector longer than the keys, so that they do not all start in the same cache set.
struct Sequence {
  const float* k;
  const float* v;
  int64_t v_stride;
  int64_t length;
  float* packed_k;
  float* packed_v;
  float* scores;
  int64_t scores_stride;
};

template <typename V>
inline Sequence MakeSequence(const AttentionArgs& args, int64_t s, int64_t kv_head, float* scratch) {
  const int64_t begin = args.cu_seqlens[s], length = args.cu_seqlens[s + 1] - begin;
  const int64_t padded = RoundUp<V>(length);
  float* packed_v = scratch + padded * args.head_dim;
  return {.k = args.k + begin * args.k_stride + kv_head * args.head_dim,
          .v = args.v + begin * args.v_stride + kv_head * args.head_dim,
          .v_stride = args.v_stride,
          .length = length,
          .packed_k = scratch,
          .packed_v = packed_v,
          .scores = packed_v + padded * RoundUp<V>(args.head_dim),
          .scores_stride = padded + V::kLanes};
}

// Elements d .. of kLanes rows of k from `key` on, transposed; rows past the last key are zero.
template <typename V>
inline void LoadTransposed(const AttentionArgs& args, const Sequence& seq, int64_t key, int64_t d,
                           typename V::Reg (&rows)[V::kLanes]) {
  const float* k = seq.k + key * args.k_stride + d;
  const int64_t keys = seq.length - key, n = args.head_dim - d;
#pragma GCC unroll 16
  for (int i = 0; i < V::kLanes; ++i) rows[i] = i < keys ? V::LoadFirst(k + i * args.k_stride, n) : V::Zero();
  V::Transpose(rows);
}

template <typename V>
inline void PackKeys(const AttentionArgs& args, const Sequence& seq) {
  for (int64_t key = 0; key < seq.length; key += V::kLanes) {
    float* panel = seq.packed_k + key * args.head_dim;
    for (int64_t d = 0; d < args.head_dim; d += V::kLanes) {
      typename V::Reg rows[V::kLanes];
      LoadTransposed<V>(args, seq, key, d, rows);
      const int64_t n = args.head_dim - d;
#pragma GCC unroll 16
      for (int i = 0; i < V::kLanes; ++i) {
        if (i < n) V::Store(panel + (d + i) * V::kLanes, rows[i]);
      }
    }
  }
}

// Copies v to rows of whole vectors and makes seq read them.
template <typename V>
inline void PackValues(const AttentionArgs& args, Sequence& seq) {
  const int64_t stride = RoundUp<V>(args.head_dim);
  for (int64_t j = 0; j < seq.length; ++j) {
    const float* from = seq.v + j * args.v_stride;
    float* to = seq.packed_v + j * stride;
    int64_t d = 0;
    for (; d + V::kLanes <= args.head_dim; d += V::kLanes) V::Store(to + d, V::Load(from + d));
    if (d < args.head_dim) V::Store(to + d, V::LoadFirst(from + d, args.head_dim - d));
  }
  seq.v = seq.packed_v;
  seq.v_stride = stride;
}

}  // namespace
}  // namespace lathe::kernels

#endif  // LATHE_KERNELS_ATTENTION_SEQUENCE_H_
