// attention: scaled dot-product attention over ragged sequences laid end to end.
//
// For sequence s with keys c = cu_seqlens[s] .. cu_seqlens[s+1]-1, head h, its key head g = h / (heads / kv_heads), and
// a query at position i of the sequence:
//
//   score[j] = scale * sum over d < head_dim of q[query, h, d] * k[c + j, g, d]
//   score[j] = softcap * tanh(score[j] / softcap)                 when softcap > 0
//   score[j] = -inf                                               when causal and j > i, or outside the window
//   y[query, h, d] = sum over j of softmax(score)[j] * v[c + j, g, d]
//
// The window holds keys i - window_left .. i + window_right; a negative side is unbounded. A query always sees itself,
// so no row is masked whole. The softmax takes two passes over a whole row of scores (maximum, then exponentials and
// sum).
//
// Which queries, and where their rows are in q and y (AttentionQueries):
//   kAll    every position; row c + i of q and y is position i
//   kFirst  position 0 only; row s of q and y, which have N rows
//   kLast   the last position only; row s of q and y, which have N rows
//
// Layout: f32; element (row, head, d) of a matrix is at row * stride + head * head_dim + d, so q, k and v may be
// columns of one merged matrix. Alignment: none needed. Aliasing: y overlaps no operand. Accumulation: double in the
// reference, f32 in the others.
//
// Bit-equality, per variant and query mode: a query's result depends only on its own sequence. It is the same whatever
// else is in the batch, however the work is split by AttentionRange, and wherever the query falls in a block of
// queries. Source: Vaswani et al. 2017, arXiv 1706.03762; softcap: Gemma Team 2024, arXiv 2408.00118.
#ifndef LATHE_KERNELS_ATTENTION_ATTENTION_H_
#define LATHE_KERNELS_ATTENTION_ATTENTION_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include "kernels/isa/isa.h"

namespace lathe::kernels {

inline constexpr int64_t kAttentionHeadDimMax = 256;

enum class AttentionQueries { kAll, kFirst, kLast };

// Requires: 1 <= head_dim <= kAttentionHeadDimMax, heads a multiple of kv_heads >= 1, cu_seqlens strictly increasing
// from 0, strides of at least heads (kv_heads) * head_dim.
struct AttentionArgs {
  const float* q = nullptr;
  int64_t q_stride = 0;
  const float* k = nullptr;
  int64_t k_stride = 0;
  const float* v = nullptr;
  int64_t v_stride = 0;
  float* y = nullptr;
  int64_t y_stride = 0;
  const int32_t* cu_seqlens = nullptr;
  int64_t heads = 0;
  int64_t kv_heads = 0;
  int64_t head_dim = 0;
  float scale = 1;
  float softcap = 0;  // 0: none.
  bool causal = false;
  int64_t window_left = -1;
  int64_t window_right = -1;
  AttentionQueries queries = AttentionQueries::kAll;
};

// The share of the work that one call does: sequences, heads, and with kAll the query positions inside each sequence,
// each half open. Calls whose ranges do not overlap may run at the same time. Keys and values are packed once per call,
// sequence and key head, so ranges are cheapest when they keep the heads of one key head and all queries together.
struct AttentionRange {
  int64_t sequence_begin = 0;
  int64_t sequence_end = 0;
  int64_t head_begin = 0;
  int64_t head_end = 0;
  int64_t query_begin = 0;
  int64_t query_end = std::numeric_limits<int64_t>::max();  // Clipped to the sequence.
};

// scratch: AttentionScratchBytes(longest sequence of the range, head_dim) bytes, aligned to kAttentionScratchAlignment,
// for this call alone. Its contents mean nothing between calls.
using AttentionFunction = void(const AttentionArgs& args, const AttentionRange& range, void* scratch);

inline constexpr size_t kAttentionScratchAlignment = 64;

// Bytes of scratch, enough for every variant; affine in longest_sequence: base + longest_sequence * per token.
size_t AttentionScratchBytes(int64_t longest_sequence, int64_t head_dim);

// Best first, the reference last.
std::span<const Variant<AttentionFunction>> AttentionVariants();

// The oracle: plain loops, double accumulation, no scratch.
void AttentionReference(const AttentionArgs& args, const AttentionRange& range, void* scratch);

}  // namespace lathe::kernels

#endif  // LATHE_KERNELS_ATTENTION_ATTENTION_H_
