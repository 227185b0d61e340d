// A batch as every executable takes it: sequences laid end to end, never padded.
#ifndef LATHE_ENGINE_RUNTIME_BATCH_H_
#define LATHE_ENGINE_RUNTIME_BATCH_H_

#include <cstdint>

#include "absl/types/span.h"

namespace lathe {

// A view: the caller keeps the memory alive while a batch is run.
// Shapes: T tokens in N sequences. token_ids, segment_ids, positions: [T]; cu_seqlens: [N+1], cu_seqlens[0] = 0,
// cu_seqlens[N] = T, strictly increasing (no sequence is empty). Sequence i is the tokens cu_seqlens[i] ..
// cu_seqlens[i+1]-1.
struct Batch {
  absl::Span<const int32_t> token_ids;
  absl::Span<const int32_t> segment_ids;
  absl::Span<const int32_t> positions;
  absl::Span<const int32_t> cu_seqlens;

  int64_t tokens() const { return static_cast<int64_t>(token_ids.size()); }
  int64_t sequences() const { return static_cast<int64_t>(cu_seqlens.size()) - 1; }
};

}  // namespace lathe

#endif  // LATHE_ENGINE_RUNTIME_BATCH_H_
