#include "engine/devices/cpu/schedule.h"

#include <random>

#include "gtest/gtest.h"

namespace lathe::cpu {
namespace {

constexpr int64_t kDistilBertBytes = int64_t{170} << 20;

Schedule Choose(const std::vector<int32_t>& lengths, int threads, bool separable = true) {
  std::vector<int32_t> cu_seqlens = {0};
  for (const int32_t length : lengths) cu_seqlens.push_back(cu_seqlens.back() + length);
  ScheduleInputs inputs;
  inputs.cu_seqlens = cu_seqlens;
  inputs.threads = threads;
  inputs.separable = separable;
  inputs.steps = 40;
  inputs.packed_bytes = kDistilBertBytes;
  return ChooseSchedule(inputs);
}

TEST(Schedule, ManySequencesRunWhole) {
  const Schedule schedule = Choose(std::vector<int32_t>(32, 24), 2);
  EXPECT_TRUE(schedule.whole);
  ASSERT_EQ(schedule.shares.size(), 2u);
  EXPECT_EQ(schedule.shares[0].end, 16);
}

TEST(Schedule, OneSequenceIsSplit) {
  EXPECT_FALSE(Choose({128}, 2).whole);
  EXPECT_TRUE(Choose({128}, 1).whole);
}

TEST(Schedule, FewTokensAreSplitBecauseWeightsAreStreamed) { EXPECT_FALSE(Choose({8, 8}, 2).whole); }

TEST(Schedule, UnevenSequencesAreSplit) { EXPECT_FALSE(Choose({500, 10}, 2).whole); }

TEST(Schedule, AGraphThatMixesSequencesIsNeverCut) {
  EXPECT_FALSE(Choose(std::vector<int32_t>(32, 24), 2, false).whole);
  EXPECT_FALSE(Choose(std::vector<int32_t>(32, 24), 1, false).whole);
}

TEST(Schedule, SharesCoverEverySequenceOnceAndNoneIsEmpty) {
  const uint32_t seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 500; ++round) {
    std::vector<int32_t> cu_seqlens = {0};
    const size_t sequences = 1 + random() % 40;
    while (cu_seqlens.size() <= sequences)
      cu_seqlens.push_back(cu_seqlens.back() + 1 + static_cast<int32_t>(random() % 100));
    const int parts = 1 + static_cast<int>(random() % 32);
    const std::vector<Range> shares = ShareSequences(cu_seqlens, parts);
    EXPECT_EQ(shares.size(), std::min<size_t>(sequences, static_cast<size_t>(parts)));
    int64_t next = 0;
    for (const Range& share : shares) {
      EXPECT_EQ(share.begin, next);
      EXPECT_GT(share.end, share.begin);
      next = share.end;
    }
    EXPECT_EQ(next, static_cast<int64_t>(sequences));
  }
}

}  // namespace
}  // namespace lathe::cpu
