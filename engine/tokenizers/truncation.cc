#include "engine/tokenizers/truncation.h"

#include <algorithm>

namespace lathe {

PairLengths TruncateLongestFirst(PairLengths lengths, size_t tokens_max) {
  if (lengths.first + lengths.second <= tokens_max) return lengths;
  const size_t half = tokens_max / 2;
  const size_t shorter = std::min(lengths.first, lengths.second);
  const size_t shorter_kept = std::min(shorter, half);
  const size_t longer_kept = tokens_max - shorter_kept;
  return lengths.first > lengths.second ? PairLengths{longer_kept, shorter_kept}
                                        : PairLengths{shorter_kept, longer_kept};
}

}  // namespace lathe
