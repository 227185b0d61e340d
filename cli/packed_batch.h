// A batch that owns its memory and grows text by text.
#ifndef LATHE_CLI_PACKED_BATCH_H_
#define LATHE_CLI_PACKED_BATCH_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "engine/runtime/batch.h"

namespace lathe::cli {

class PackedBatch {
 public:
  // Adds a sequence. Requires: as many segment ids as ids, at least one.
  void Add(absl::Span<const int32_t> ids, absl::Span<const int32_t> segment_ids) {
    ids_.insert(ids_.end(), ids.begin(), ids.end());
    segments_.insert(segments_.end(), segment_ids.begin(), segment_ids.end());
    for (size_t i = 0; i < ids.size(); ++i) positions_.push_back(static_cast<int32_t>(i));
    cu_seqlens_.push_back(static_cast<int32_t>(ids_.size()));
  }
  int64_t tokens() const { return static_cast<int64_t>(ids_.size()); }
  // A view of what was added, until the next Add.
  Batch view() const { return {ids_, segments_, positions_, cu_seqlens_}; }

 private:
  std::vector<int32_t> ids_;
  std::vector<int32_t> segments_;
  std::vector<int32_t> positions_;
  std::vector<int32_t> cu_seqlens_ = {0};
};

}  // namespace lathe::cli

#endif  // LATHE_CLI_PACKED_BATCH_H_
