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
#include "kernels/attention/sequence.h"
#include "kernels/attention/tiles.h"
#include "kernels/math/functions.h"

namespace lathe::kernels {
namespace {

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

// One block of queries of one head.
struct Block {
  const float* q;  // First row.
  float* y;
  int64_t position;  // Of the first row.
};

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
