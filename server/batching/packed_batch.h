// The memory of one batch: the texts of several calls laid end to end, as engine/runtime/batch.h wants them.
#ifndef LATHE_SERVER_BATCHING_PACKED_BATCH_H_
#define LATHE_SERVER_BATCHING_PACKED_BATCH_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "engine/runtime/batch.h"
#include "engine/tokenizers/tokenizer.h"

namespace lathe {

// Kept by a lane from batch to batch, so that its memory is allocated once.
class PackedBatch {
 public:
  void Clear() {
    token_ids_.clear();
    segment_ids_.clear();
    positions_.clear();
    cu_seqlens_.assign(1, 0);
  }

  void Append(const Encoding& text) {
    token_ids_.insert(token_ids_.end(), text.ids.begin(), text.ids.end());
    segment_ids_.insert(segment_ids_.end(), text.segment_ids.begin(), text.segment_ids.end());
    for (size_t i = 0; i < text.ids.size(); ++i) positions_.push_back(static_cast<int32_t>(i));
    cu_seqlens_.push_back(static_cast<int32_t>(token_ids_.size()));
  }

  // Valid until the next Clear or Append.
  Batch view() const { return {token_ids_, segment_ids_, positions_, cu_seqlens_}; }

 private:
  std::vector<int32_t> token_ids_;
  std::vector<int32_t> segment_ids_;
  std::vector<int32_t> positions_;
  std::vector<int32_t> cu_seqlens_ = {0};
};

}  // namespace lathe

#endif  // LATHE_SERVER_BATCHING_PACKED_BATCH_H_
