// How many tokens of each text of a pair stay.
#ifndef LATHE_ENGINE_TOKENIZERS_TRUNCATION_H_
#define LATHE_ENGINE_TOKENIZERS_TRUNCATION_H_

#include <cstddef>

namespace lathe {

struct PairLengths {
  size_t first, second;
};

// "longest_first": the longer text gives up tokens until both are as long, then both do; of an odd rest the one that
// was longer keeps the extra token (the second, if they were equal). Source: tokenizers 0.23.3, truncate_encodings.
PairLengths TruncateLongestFirst(PairLengths lengths, size_t tokens_max);

}  // namespace lathe

#endif  // LATHE_ENGINE_TOKENIZERS_TRUNCATION_H_
