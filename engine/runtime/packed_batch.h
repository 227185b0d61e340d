// The memory of one batch: sequences laid end to end, as engine/runtime/batch.h wants them.
#ifndef LATHE_ENGINE_RUNTIME_PACKED_BATCH_H_
#define LATHE_ENGINE_RUNTIME_PACKED_BATCH_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "engine/runtime/batch.h"

namespace lathe {

// May be kept from batch to batch, so that its memory is allocated once.
class PackedBatch {
 public:
  void Clear() {
    token_ids_.clear();
    segment_ids_.clear();
    positions_.clear();
    cu_seqlens_.assign(1, 0);
  }

  // Adds a sequence. Requires: one id or more, and as many segment ids.
  void Append(absl::Span<const int32_t> ids, absl::Span<const int32_t> segment_ids) {
    token_ids_.insert(token_ids_.end(), ids.begin(), ids.end());
    segment_ids_.insert(segment_ids_.end(), segment_ids.begin(), segment_ids.end());
    for (size_t i = 0; i < ids.size(); ++i) positions_.push_back(static_cast<int32_t>(i));
    cu_seqlens_.push_back(static_cast<int32_t>(token_ids_.size()));
  }

  int64_t tokens() const { return static_cast<int64_t>(token_ids_.size()); }
  // Valid until the next Clear or Append.
  Batch view() const { return {token_ids_, segment_ids_, positions_, cu_seqlens_}; }

 private:
  std::vector<int32_t> token_ids_;
  std::vector<int32_t> segment_ids_;
  std::vector<int32_t> positions_;
  std::vector<int32_t> cu_seqlens_ = {0};
};

}  // namespace lathe

#endif  // LATHE_ENGINE_RUNTIME_PACKED_BATCH_H_
