#include "server/batching/call_queue.h"

#include <chrono>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace lathe {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

std::shared_ptr<PendingCall> MakeCall(uint64_t arrival, std::vector<size_t> lengths, TimePoint deadline = kNoDeadline) {
  auto pending = std::make_shared<PendingCall>();
  pending->arrival = arrival;
  pending->call.deadline = deadline;
  for (const size_t length : lengths) pending->call.texts.push_back({std::vector<int32_t>(length), {}, false});
  return pending;
}

// "call:first+count" of each slice.
std::vector<std::string> Names(const std::vector<Slice>& slices) {
  std::vector<std::string> names;
  for (const Slice& slice : slices) {
    names.push_back(std::to_string(slice.pending->arrival) + ":" + std::to_string(slice.first) + "+" +
                    std::to_string(slice.count));
  }
  return names;
}

TEST(CallQueueTest, DeadlineComesBeforeArrival) {
  CallQueue queue;
  queue.Add(MakeCall(0, {5}));
  queue.Add(MakeCall(1, {5}, TimePoint(seconds(9))));
  queue.Add(MakeCall(2, {5}, TimePoint(seconds(8))));
  queue.Add(MakeCall(3, {5}, TimePoint(seconds(9))));
  EXPECT_THAT(Names(queue.TakeBatch(100)), ElementsAre("2:0+1", "1:0+1", "3:0+1", "0:0+1"));
}

TEST(CallQueueTest, FillsUpToTheBudgetAndNotBeyond) {
  CallQueue queue;
  for (uint64_t i = 0; i < 3; ++i) queue.Add(MakeCall(i, {5}));
  EXPECT_THAT(Names(queue.TakeBatch(10)), ElementsAre("0:0+1", "1:0+1"));
  EXPECT_THAT(Names(queue.TakeBatch(10)), ElementsAre("2:0+1"));
  EXPECT_THAT(queue.TakeBatch(10), IsEmpty());
}

TEST(CallQueueTest, ALongTextIsNotOvertaken) {
  CallQueue queue;
  queue.Add(MakeCall(0, {4}));
  queue.Add(MakeCall(1, {8}));
  queue.Add(MakeCall(2, {1}));
  EXPECT_THAT(Names(queue.TakeBatch(10)), ElementsAre("0:0+1"));
  EXPECT_THAT(Names(queue.TakeBatch(10)), ElementsAre("1:0+1", "2:0+1"));
}

TEST(CallQueueTest, ALargeCallIsSpreadOverBatchesThatOthersShare) {
  CallQueue queue;
  queue.Add(MakeCall(0, {6, 4, 7, 3}));
  queue.Add(MakeCall(1, {2}));
  EXPECT_THAT(Names(queue.TakeBatch(10)), ElementsAre("0:0+2"));
  EXPECT_EQ(queue.tokens(), 12);
  EXPECT_EQ(queue.calls(), 2);
  EXPECT_THAT(Names(queue.TakeBatch(12)), ElementsAre("0:2+2", "1:0+1"));
  EXPECT_EQ(queue.tokens(), 0);
  EXPECT_EQ(queue.calls(), 0);
}

TEST(CallQueueTest, RemovingGivesBackOnlyWhatWasNotTaken) {
  CallQueue queue;
  const auto pending = MakeCall(0, {6, 4, 7});
  queue.Add(pending);
  queue.TakeBatch(6);
  queue.Remove(*pending);
  EXPECT_EQ(queue.tokens(), 0);
  EXPECT_TRUE(queue.empty());
  queue.Remove(*pending);
  EXPECT_EQ(queue.tokens(), 0);
}

TEST(CallQueueTest, TakesOutWhatHasExpired) {
  CallQueue queue;
  queue.Add(MakeCall(0, {5}, TimePoint(seconds(8))));
  queue.Add(MakeCall(1, {5}, TimePoint(seconds(9))));
  EXPECT_EQ(queue.TakeExpired(TimePoint(seconds(8))).size(), 1u);
  EXPECT_EQ(queue.tokens(), 5);
  EXPECT_THAT(Names(queue.TakeBatch(10)), ElementsAre("1:0+1"));
}

}  // namespace
}  // namespace lathe
