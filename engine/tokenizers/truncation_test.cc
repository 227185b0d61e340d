#include "engine/tokenizers/truncation.h"

#include <algorithm>

#include "gtest/gtest.h"

namespace lathe {
namespace {

// One token at a time, which is what the rule means, down to the last odd one.
PairLengths Slowly(PairLengths lengths, size_t tokens_max) {
  const bool first_longer = lengths.first > lengths.second;
  size_t shorter = std::min(lengths.first, lengths.second), longer = std::max(lengths.first, lengths.second);
  while (shorter + longer > tokens_max) --(longer > shorter ? longer : shorter);
  return first_longer ? PairLengths{longer, shorter} : PairLengths{shorter, longer};
}

TEST(TruncationTest, EveryShortPair) {
  for (size_t first = 0; first < 12; ++first) {
    for (size_t second = 0; second < 12; ++second) {
      for (size_t tokens_max = 0; tokens_max < 25; ++tokens_max) {
        const PairLengths got = TruncateLongestFirst({first, second}, tokens_max);
        const PairLengths wanted = Slowly({first, second}, tokens_max);
        EXPECT_EQ(got.first, wanted.first) << first << " " << second << " " << tokens_max;
        EXPECT_EQ(got.second, wanted.second) << first << " " << second << " " << tokens_max;
      }
    }
  }
}

}  // namespace
}  // namespace lathe
