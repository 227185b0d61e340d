// The two products of attention, scores and weighted values, in tiles that stay in registers. For <isa>.cc files only,
// by way of blocked.h.
//
// Every element of a tile is its own chain of FMAs in the order of the dimensions (or keys), whatever the tile's size.
#ifndef LATHE_KERNELS_ATTENTION_TILES_H_
#define LATHE_KERNELS_ATTENTION_TILES_H_

#include "kernels/attention/sequence.h"

namespace lathe::kernels {
namespace {

// 8 x 3 accumulators, 3 vectors of keys and a broadcast query take 28 of 32 registers; 6 x 2, 2 and 1 take 15 of 16.
template <typename V>
inline constexpr int kBlock = V::kRegisters >= 32 ? 8 : 6;
template <typename V>
inline constexpr int kTileVectors = V::kRegisters >= 32 ? 3 : 2;

// Scores are kept in units of ln 2: a power of two is cheaper than a power of e, and a score is scaled anyway.
inline constexpr float kLog2E = 1.44269504f;

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

}  // namespace
}  // namespace lathe::kernels

#endif  // LATHE_KERNELS_ATTENTION_TILES_H_
