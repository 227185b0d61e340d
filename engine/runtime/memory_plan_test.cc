#include "engine/runtime/memory_plan.h"

#include <random>

#include "gtest/gtest.h"

namespace lathe {
namespace {

bool Overlap(int64_t a, int64_t a_bytes, int64_t b, int64_t b_bytes) { return a < b + b_bytes && b < a + a_bytes; }

TEST(MemoryPlan, ValuesThatLiveApartShareASlot) {
  const Dim per_token{0, 256, 0};
  const ArenaPlan plan = PlanArena({{per_token, 0, 1}, {per_token, 1, 2}, {per_token, 2, 3}});
  EXPECT_EQ(plan.bytes, per_token * 2);
  EXPECT_EQ(plan.offsets[0], plan.offsets[2]);
}

TEST(MemoryPlan, AStepMayWriteOverWhatItReadsLast) {
  const Dim per_token{0, 256, 0};
  const ArenaPlan plan = PlanArena({{per_token, 0, 1}, {per_token, 1, 2, 0}});
  EXPECT_EQ(plan.bytes, per_token);
}

TEST(MemoryPlan, LivingValuesNeverOverlapWhateverTheBatch) {
  const uint32_t seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  const auto pick = [&](int below) { return static_cast<int>(random() % static_cast<uint32_t>(below)); };
  for (int round = 0; round < 100; ++round) {
    std::vector<ArenaValue> values;
    for (int step = 0; step < 30; ++step) {
      values.push_back({Dim(pick(3) * 100, pick(3) * 36, pick(3) * 52), step, step + pick(6)});
    }
    const ArenaPlan plan = PlanArena(values);
    const Extents extents = {1 + pick(1000), 1 + pick(50)};
    for (size_t a = 0; a < values.size(); ++a) {
      const int64_t a_begin = plan.offsets[a].Evaluate(extents);
      const int64_t a_bytes = values[a].bytes.Evaluate(extents);
      EXPECT_EQ(a_begin % kArenaAlignment, 0);
      EXPECT_LE(a_begin + a_bytes, plan.bytes.Evaluate(extents));
      for (size_t b = 0; b < a; ++b) {
        if (values[b].last < values[a].first) continue;
        EXPECT_FALSE(Overlap(a_begin, a_bytes, plan.offsets[b].Evaluate(extents), values[b].bytes.Evaluate(extents)));
      }
    }
  }
}

}  // namespace
}  // namespace lathe
