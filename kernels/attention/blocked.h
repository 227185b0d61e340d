// attention for any vector type V of kernels/math. For <isa>.cc files only, which include their vector type themselves.
//
// Per sequence and key head, keys are packed once, transposed, so that a vector holds one dimension of kLanes keys;
// values are copied next to each other when the sequence is long. Then per head and block of up to kBlock queries:
//
//   scores = scale * q . k / ln 2    tiles of kBlock queries x kTileVectors vectors of keys, in registers
//   softmax                          by powers of two over the visible keys, left unnormalised in scratch
//   y = scores . v / sum             tiles of kBlock queries x kTileVectors vectors of dimensions, in registers
//
// A lone query (kFirst, kLast) reads each key once, so it takes dot products with keys where they lie and packs
// nothing.
//
// Every element of a tile is its own chain of FMAs in the order of the dimensions (or keys), whatever the tile's size.
// Keys that a row does not see, but its block visits, add exact zeros. So a row's bits do not depend on the block.
#ifndef LATHE_KERNELS_ATTENTION_BLOCKED_H_
#define LATHE_KERNELS_ATTENTION_BLOCKED_H_

#include "kernels/attention/attention.h"
#include "kernels/math/functions.h"

namespace lathe::kernels {
namespace {

// 8 x 3 accumulators, 3 vectors of keys and a broadcast query take 28 of 32 registers; 6 x 2, 2 and 1 take 15 of 16.
template <typename V>
inline constexpr int kBlock = V::kRegisters >= 32 ? 8 : 6;
template <typename V>
inline constexpr int kTileVectors = V::kRegisters >= 32 ? 3 : 2;

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

// Scores are kept in units of ln 2: a power of two is cheaper than a power of e, and a score is scaled anyway.
inline constexpr float kLog2E = 1.44269504f;

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

// One block of queries of one head.
struct Block {
  const float* q;  // First row.
  float* y;
  int64_t position;  // Of the first row.
};

// scores[r, key ..] for kRows queries and kVectors vectors of keys.
template <typename V, int kRows, int kVectors>
inline void ScoreTile(const AttentionArgs& args, const Sequence& seq, const float* q, int64_t key) {
  typename V::Reg sums[kRows][kVectors];
#pragma GCC unroll 8
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
    for (int c = 0; c < kVectors; ++c) sums[r][c] = V::Zero();
  }
  const float* panel = seq.packed_k + key * args.head_dim;
  const int64_t panel_size = args.head_dim * V::kLanes;
  for (int64_t d = 0; d < args.head_dim; ++d) {
    typename V::Reg k[kVectors];
#pragma GCC unroll 4
    for (int c = 0; c < kVectors; ++c) k[c] = V::Load(panel + c * panel_size + d * V::kLanes);
#pragma GCC unroll 8
    for (int r = 0; r < kRows; ++r) {
      const auto x = V::Set(q[r * args.q_stride + d]);
#pragma GCC unroll 4
      for (int c = 0; c < kVectors; ++c) sums[r][c] = V::Fma(x, k[c], sums[r][c]);
    }
  }
  const auto scale = V::Set(args.scale * kLog2E);
#pragma GCC unroll 8
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
    for (int c = 0; c < kVectors; ++c) {
      V::Store(seq.scores + r * seq.scores_stride + key + c * V::kLanes, V::Mul(sums[r][c], scale));
    }
  }
}

// Scores of kRows queries for keys of the range, which starts and ends at whole vectors.
template <typename V, int kRows>
inline void ScoreRows(const AttentionArgs& args, const Sequence& seq, const float* q, Keys keys) {
  int64_t key = keys.begin;
  for (; key + kTileVectors<V> * V::kLanes <= keys.end; key += kTileVectors<V> * V::kLanes) {
    ScoreTile<V, kRows, kTileVectors<V>>(args, seq, q, key);
  }
  if constexpr (kTileVectors<V> == 3) {
    if (key + 2 * V::kLanes <= keys.end) return ScoreTile<V, kRows, 2>(args, seq, q, key);
  }
  if (key < keys.end) ScoreTile<V, kRows, 1>(args, seq, q, key);
}

// Scores of one query by dot products with keys where they lie: kLanes of them, transposed, are added up side by side.
template <typename V>
inline void ScoreLoneRow(const AttentionArgs& args, const Sequence& seq, const float* q, Keys keys) {
  for (int64_t key = keys.begin; key < keys.end; key += V::kLanes) {
    typename V::Reg sums[V::kLanes];
    for (int i = 0; i < V::kLanes; ++i) {
      sums[i] = V::Zero();
      if (key + i >= seq.length) continue;
      const float* k = seq.k + (key + i) * args.k_stride;
      int64_t d = 0;
      for (; d + V::kLanes <= args.head_dim; d += V::kLanes) sums[i] = V::Fma(V::Load(q + d), V::Load(k + d), sums[i]);
      const int64_t n = args.head_dim - d;
      if (n > 0) sums[i] = V::Fma(V::LoadFirst(q + d, n), V::LoadFirst(k + d, n), sums[i]);
    }
    V::Transpose(sums);
    for (int step = 1; step < V::kLanes; step *= 2) {
      for (int i = 0; i < V::kLanes; i += 2 * step) sums[i] = V::Add(sums[i], sums[i + step]);
    }
    V::Store(seq.scores + key, V::Mul(sums[0], V::Set(args.scale * kLog2E)));
  }
}

template <typename V>
inline void CapScores(float* scores, Keys keys, float softcap) {
  const auto cap = V::Set(softcap), inverse_cap = V::Set(1 / softcap);
  for (int64_t j = keys.begin; j < keys.end; j += V::kLanes) {
    V::Store(scores + j, V::Mul(cap, Tanh<V>(V::Mul(V::Load(scores + j), inverse_cap))));
  }
}

// Masks what a row does not see of the visited scores and returns the maximum of the others.
template <typename V>
inline float MaskScores(float* scores, Keys visited, Keys visible) {
  const auto masked = V::Set(-__builtin_inff());
  auto max = masked;
  for (int64_t j = visited.begin; j < visited.end; j += V::kLanes) {
    auto x = V::Load(scores + j);
    if (j < visible.begin || j + V::kLanes > visible.end) {
      x = V::SelectBetween(x, visible.begin - j, visible.end - j, masked);
      V::Store(scores + j, x);
    }
    max = V::Max(max, x);
  }
  return V::Largest(max);
}

// Replaces a row of scores by 2^(score - max) and returns their sum.
template <typename V>
inline float Powers(float* scores, Keys visited, float max) {
  const auto max_v = V::Set(max);
  auto sum = V::Zero();
  for (int64_t j = visited.begin; j < visited.end; j += V::kLanes) {
    // Below -150 the power is 0, also for masked scores; the bound comes first so that a NaN is kept.
    const auto e = Exp2Coarse<V>(V::Max(V::Set(-160.0f), V::Sub(V::Load(scores + j), max_v)));
    V::Store(scores + j, e);
    sum = V::Add(sum, e);
  }
  return V::Sum(sum);
}

// y[r, d ..] for kRows queries and kVectors vectors of dimensions, of which the last holds `last` elements.
template <typename V, int kRows, int kVectors>
inline void ValueTile(const AttentionArgs& args, const Sequence& seq, Keys keys, const float* inverse_sums, int64_t d,
                      int64_t last, float* y) {
  typename V::Reg sums[kRows][kVectors];
#pragma GCC unroll 8
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
    for (int c = 0; c < kVectors; ++c) sums[r][c] = V::Zero();
  }
  for (int64_t j = keys.begin; j < keys.end; ++j) {
    typename V::Reg v[kVectors];
#pragma GCC unroll 4
    for (int c = 0; c < kVectors; ++c) v[c] = V::Load(seq.v + j * seq.v_stride + d + c * V::kLanes);
#pragma GCC unroll 8
    for (int r = 0; r < kRows; ++r) {
      const auto p = V::Set(seq.scores[r * seq.scores_stride + j]);
#pragma GCC unroll 4
      for (int c = 0; c < kVectors; ++c) sums[r][c] = V::Fma(p, v[c], sums[r][c]);
    }
  }
#pragma GCC unroll 8
  for (int r = 0; r < kRows; ++r) {
    const auto scale = V::Set(inverse_sums[r]);
#pragma GCC unroll 4
    for (int c = 0; c < kVectors; ++c) {
      // Adding zero turns a -0, which an underflow leaves or not depending on the block's other keys, into +0.
      V::StoreFirst(y + r * args.y_stride + d + c * V::kLanes, c + 1 < kVectors ? V::kLanes : last,
                    V::Fma(sums[r][c], scale, V::Zero()));
    }
  }
}

template <typename V, int kRows>
inline void ValueRows(const AttentionArgs& args, const Sequence& seq, Keys keys, const float* inverse_sums, float* y) {
  // A lone row has the registers, and needs the independent chains, of four vectors.
  constexpr int kVectors = kRows == 1 ? 4 : 2;
  int64_t d = 0;
  for (; d + (kVectors - 1) * V::kLanes < args.head_dim; d += kVectors * V::kLanes) {
    const int64_t last = args.head_dim - d - (kVectors - 1) * V::kLanes;
    ValueTile<V, kRows, kVectors>(args, seq, keys, inverse_sums, d, last, y);
  }
  for (; d < args.head_dim; d += V::kLanes) {
    ValueTile<V, kRows, 1>(args, seq, keys, inverse_sums, d, args.head_dim - d, y);
  }
}

// Step by step over all rows, not row by row: the latencies of the rows' reductions then overlap.
template <typename V, int kRows>
inline void SoftmaxBlock(const AttentionArgs& args, const Sequence& seq, Keys visited, int64_t position,
                         float* inverse_sums) {
  float max[kRows];
  for (int r = 0; r < kRows; ++r) {
    float* scores = seq.scores + r * seq.scores_stride;
    if (args.softcap > 0) CapScores<V>(scores, visited, args.softcap * kLog2E);
    max[r] = MaskScores<V>(scores, visited, VisibleKeys(args, seq.length, position + r));
  }
  for (int r = 0; r < kRows; ++r) {
    inverse_sums[r] = 1 / Powers<V>(seq.scores + r * seq.scores_stride, visited, max[r]);
  }
}

template <typename V, int kRows, bool kLone>
inline void AttendBlock(const AttentionArgs& args, const Sequence& seq, const Block& block) {
  // Both ends of the visible keys grow with the position, so the first and last rows span the block's.
  const Keys first = VisibleKeys(args, seq.length, block.position);
  const Keys keys = {first.begin, VisibleKeys(args, seq.length, block.position + kRows - 1).end};
  const Keys whole_vectors = {RoundDown<V>(keys.begin), RoundUp<V>(keys.end)};
  if constexpr (kLone) {
    ScoreLoneRow<V>(args, seq, block.q, whole_vectors);
  } else {
    ScoreRows<V, kRows>(args, seq, block.q, whole_vectors);
  }
  float inverse_sums[kRows];
  SoftmaxBlock<V, kRows>(args, seq, whole_vectors, block.position, inverse_sums);
  ValueRows<V, kRows>(args, seq, keys, inverse_sums, block.y);
}

template <typename V>
inline void AttendRows(const AttentionArgs& args, const Sequence& seq, const Block& block, int64_t rows) {
  static_assert(kBlock<V> <= 8);
  switch (rows) {
    case 1:
      return AttendBlock<V, 1, false>(args, seq, block);
    case 2:
      return AttendBlock<V, 2, false>(args, seq, block);
    case 3:
      return AttendBlock<V, 3, false>(args, seq, block);
    case 4:
      return AttendBlock<V, 4, false>(args, seq, block);
    case 5:
      return AttendBlock<V, 5, false>(args, seq, block);
    case 6:
      return AttendBlock<V, 6, false>(args, seq, block);
    case 7:
      return AttendBlock<V, Smaller(7, kBlock<V>), false>(args, seq, block);
    default:
      return AttendBlock<V, kBlock<V>, false>(args, seq, block);
  }
}

// All queries of one head inside the range, in blocks of nearly equal size: a block of one or two rows runs at the
// latency of its few chains.
template <typename V>
inline void AttendHead(const AttentionArgs& args, const Sequence& seq, const AttentionRange& range, int64_t s,
                       int64_t h) {
  const int64_t begin = Larger(0, range.query_begin), end = Smaller(seq.length, range.query_end);
  const int64_t blocks = (end - begin + kBlock<V> - 1) / kBlock<V>;
  for (int64_t b = 0; b < blocks; ++b) {
    const int64_t from = begin + (end - begin) * b / blocks, to = begin + (end - begin) * (b + 1) / blocks;
    const int64_t row = args.cu_seqlens[s] + from, column = h * args.head_dim;
    AttendRows<V>(args, seq, {args.q + row * args.q_stride + column, args.y + row * args.y_stride + column, from},
                  to - from);
  }
}

template <typename V>
inline void AttendLoneQuery(const AttentionArgs& args, const Sequence& seq, int64_t s, int64_t h) {
  const int64_t position = args.queries == AttentionQueries::kFirst ? 0 : seq.length - 1;
  const int64_t column = h * args.head_dim;
  AttendBlock<V, 1, true>(args, seq,
                          {args.q + s * args.q_stride + column, args.y + s * args.y_stride + column, position});
}

template <typename V>
inline void Attend(const AttentionArgs& args, const AttentionRange& range, void* scratch) {
  const int64_t heads_per_kv_head = args.heads / args.kv_heads;
  const bool all = args.queries == AttentionQueries::kAll;
  for (int64_t s = range.sequence_begin; s < range.sequence_end; ++s) {
    Sequence seq = {};
    for (int64_t h = range.head_begin; h < range.head_end; ++h) {
      if (h == range.head_begin || h % heads_per_kv_head == 0) {
        seq = MakeSequence<V>(args, s, h / heads_per_kv_head, static_cast<float*>(scratch));
        if (all) PackKeys<V>(args, seq);
        if (args.head_dim % V::kLanes != 0 || (all && seq.length > kPackValuesAbove)) PackValues<V>(args, seq);
      }
      if (all) {
        AttendHead<V>(args, seq, range, s, h);
      } else {
        AttendLoneQuery<V>(args, seq, s, h);
      }
    }
  }
}

}  // namespace
}  // namespace lathe::kernels

#endif  // LATHE_KERNELS_ATTENTION_BLOCKED_H_
