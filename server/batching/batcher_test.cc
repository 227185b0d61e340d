#include "server/batching/batcher.h"

#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <iostream>
#include <limits>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <thread>

#include "engine/base/status_matchers.h"
#include "server/batching/fake_clock.h"
#include "server/batching/fake_runner.h"
#include "server/errors.h"

namespace lathe {
namespace {

using absl::StatusCode;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Lengths = std::vector<int64_t>;

// The one answer of a call.
class Reply {
 public:
  void Set(absl::StatusOr<Outputs> outputs) {
    MutexLock lock(&mutex_);
    ++answers_;
    outputs_ = std::move(outputs);
    answered_.NotifyAll();
  }
  absl::StatusOr<Outputs> Await() {
    MutexLock lock(&mutex_);
    while (answers_ == 0) answered_.Wait(&mutex_);
    return outputs_;
  }
  int answers() const {
    MutexLock lock(&mutex_);
    return answers_;
  }

 private:
  mutable Mutex mutex_;
  CondVar answered_;
  int answers_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::StatusOr<Outputs> outputs_ ABSL_GUARDED_BY(mutex_);
};

Encoding Text(int64_t length, int32_t first_id) {
  Encoding text;
  for (int64_t i = 0; i < length; ++i) text.ids.push_back(first_id + static_cast<int32_t>(i));
  text.segment_ids.assign(length, 0);
  return text;
}

std::vector<float> Expected(const std::vector<Encoding>& texts) {
  std::vector<float> logits;
  for (const Encoding& text : texts) {
    for (int64_t label = 0; label < FakeRunner::kLabels; ++label)
      logits.push_back(FakeRunner::FakeLogit(text.ids, label));
  }
  return logits;
}

class BatcherTest : public testing::Test {
 protected:
  struct Submitted {
    std::shared_ptr<Reply> reply = std::make_shared<Reply>();
    absl::StatusOr<Batcher::Ticket> ticket;
    std::vector<Encoding> texts;
  };

  void Start(BatcherOptions options = {}) { batcher_.emplace(options, runner_, metrics_, clock_); }

  Submitted Submit(const Lengths& lengths, TimePoint deadline = kNoDeadline) {
    Submitted submitted;
    for (const int64_t length : lengths) submitted.texts.push_back(Text(length, next_id_++));
    submitted.ticket = batcher_->Submit(
        {submitted.texts, deadline, [reply = submitted.reply](auto outputs) { reply->Set(std::move(outputs)); }});
    return submitted;
  }

  // Submits a call of one token that holds the only lane until runner_.OpenGate().
  Submitted HoldLane() {
    runner_.CloseGate();
    Submitted submitted = Submit({1});
    runner_.AwaitBatches(1);
    return submitted;
  }

  void ExpectAnswered(Submitted& submitted) {
    ASSERT_OK_AND_ASSIGN(const Outputs outputs, submitted.reply->Await());
    EXPECT_EQ(outputs.logits, Expected(submitted.texts));
    EXPECT_EQ(submitted.reply->answers(), 1);
  }

  FakeClock clock_;
  FakeRunner runner_;
  Metrics all_metrics_{"test"};
  ModelMetrics& metrics_ = all_metrics_.AddModel("fake", 1);
  std::optional<Batcher> batcher_;  // Goes first: it uses all of the above.
  int32_t next_id_ = 1;
};

TEST_F(BatcherTest, ACallAloneIsRunAtOnce) {
  Start();
  Submitted call = Submit({3, 5});
  ExpectAnswered(call);
  EXPECT_THAT(runner_.batches(), ElementsAre(Lengths{3, 5}));
}

TEST_F(BatcherTest, WhatQueuesWhileALaneIsBusyBecomesOneBatch) {
  Start();
  Submitted first = HoldLane();
  Submitted second = Submit({3});
  Submitted third = Submit({4, 2});
  runner_.OpenGate();
  for (Submitted* call : {&first, &second, &third}) ExpectAnswered(*call);
  EXPECT_THAT(runner_.batches(), ElementsAre(Lengths{1}, Lengths{3, 4, 2}));
}

TEST_F(BatcherTest, TheEarliestDeadlineGoesFirst) {
  Start({.token_budget = 5});
  Submitted first = HoldLane();
  Submitted patient = Submit({3});
  Submitted late = Submit({4}, clock_.Now() + seconds(9));
  Submitted soon = Submit({5}, clock_.Now() + seconds(8));
  runner_.OpenGate();
  for (Submitted* call : {&patient, &late, &soon}) ExpectAnswered(*call);
  EXPECT_THAT(runner_.batches(), ElementsAre(Lengths{1}, Lengths{5}, Lengths{4}, Lengths{3}));
}

TEST_F(BatcherTest, ALargeCallIsSpreadAndAnsweredWhole) {
  Start({.token_budget = 10});
  Submitted call = Submit({10, 6, 4, 9, 1, 10});
  ExpectAnswered(call);
  EXPECT_THAT(runner_.batches(), ElementsAre(Lengths{10}, Lengths{6, 4}, Lengths{9, 1}, Lengths{10}));
}

TEST_F(BatcherTest, LanesShareALargeCall) {
  Start({.lanes = 2, .token_budget = 10});
  runner_.CloseGate();
  Submitted call = Submit({10, 10});
  runner_.AwaitBatches(2);  // Hangs unless both lanes run at once.
  runner_.OpenGate();
  ExpectAnswered(call);
}

TEST_F(BatcherTest, TimesSayWhereACallWaited) {
  Start();
  Submitted first = HoldLane();
  Submitted call = Submit({3});
  clock_.Advance(seconds(2));
  runner_.OpenGate();
  ASSERT_OK_AND_ASSIGN(const Outputs outputs, call.reply->Await());
  EXPECT_EQ(outputs.queue, seconds(2));
  EXPECT_EQ(outputs.compute, seconds(0));
}

TEST_F(BatcherTest, AFullQueueRefusesWholeCallsAndSaysWhenToRetry) {
  Start({.token_budget = 10, .max_queue_tokens = 10, .max_queue_calls = 2});
  Submitted first = HoldLane();
  Submitted second = Submit({6});
  Submitted too_many_tokens = Submit({3, 2});
  EXPECT_THAT(too_many_tokens.ticket, StatusIs(StatusCode::kResourceExhausted, HasSubstr("queue is full")));
  EXPECT_TRUE(errors::RetryDelay(too_many_tokens.ticket.status()).has_value());
  Submitted third = Submit({4});
  EXPECT_THAT(Submit({1}).ticket, StatusIs(StatusCode::kResourceExhausted));
  runner_.OpenGate();
  for (Submitted* call : {&first, &second, &third}) ExpectAnswered(*call);
  EXPECT_EQ(too_many_tokens.reply->answers(), 0);
}

TEST_F(BatcherTest, RetryDelayIsTheTimeToEmptyTheQueue) {
  runner_.set_after_run([this](const Batch& batch, absl::Span<float>) {
    clock_.Advance(batch.tokens() * milliseconds(10));
    return absl::OkStatus();
  });
  Start();
  EXPECT_EQ(batcher_->RetryDelay(), milliseconds(10));
  Submitted first = HoldLane();
  runner_.OpenGate();
  ExpectAnswered(first);
  runner_.CloseGate();
  Submitted second = Submit({1});
  runner_.AwaitBatches(2);
  Submitted third = Submit({50});
  EXPECT_NEAR(Seconds(batcher_->RetryDelay()), 0.5, 1e-6);
  Submitted fourth = Submit({4000});
  EXPECT_EQ(batcher_->RetryDelay(), seconds(10));
  runner_.OpenGate();
}

TEST_F(BatcherTest, ACallThatNoQueueCouldHoldIsInvalid) {
  Start({.token_budget = 10, .max_queue_tokens = 20});
  EXPECT_THAT(Submit({10, 10, 1}).ticket, StatusIs(StatusCode::kInvalidArgument, HasSubstr("got 21 tokens")));
}

TEST_F(BatcherTest, ATextThatNoBatchCouldHoldIsAFault) {
  Start({.token_budget = 10});
  EXPECT_THAT(Submit({11}).ticket, StatusIs(StatusCode::kInternal));
  EXPECT_THAT(Submit({0}).ticket, StatusIs(StatusCode::kInternal));
}

TEST_F(BatcherTest, ADeadlineInThePastIsRefused) {
  Start();
  EXPECT_THAT(Submit({3}, clock_.Now()).ticket, StatusIs(StatusCode::kDeadlineExceeded));
  EXPECT_THAT(runner_.batches(), IsEmpty());
}

TEST_F(BatcherTest, ADeadlineThatPassesInTheQueueCostsNoCompute) {
  Start();
  Submitted first = HoldLane();
  Submitted call = Submit({3}, clock_.Now() + seconds(1));
  Submitted other = Submit({4}, clock_.Now() + seconds(2));
  clock_.Advance(seconds(1));
  runner_.OpenGate();
  EXPECT_THAT(call.reply->Await(), StatusIs(StatusCode::kDeadlineExceeded));
  ExpectAnswered(other);
  EXPECT_THAT(runner_.batches(), ElementsAre(Lengths{1}, Lengths{4}));
}

TEST_F(BatcherTest, ExpiredCallsMakeRoomForNewOnes) {
  Start({.max_queue_calls = 1});
  Submitted first = HoldLane();
  Submitted expiring = Submit({3}, clock_.Now() + seconds(1));
  clock_.Advance(seconds(2));
  Submitted call = Submit({4});
  EXPECT_OK(call.ticket);
  EXPECT_THAT(expiring.reply->Await(), StatusIs(StatusCode::kDeadlineExceeded));
  runner_.OpenGate();
  ExpectAnswered(call);
}

TEST_F(BatcherTest, ADeadlineThatPassesInComputeDropsOnlyThatAnswer) {
  runner_.set_after_run([this](const Batch&, absl::Span<float>) {
    clock_.Advance(seconds(1));
    return absl::OkStatus();
  });
  Start();
  Submitted first = HoldLane();
  Submitted late = Submit({3}, clock_.Now() + seconds(2));
  Submitted mate = Submit({4}, clock_.Now() + seconds(3));
  runner_.OpenGate();
  EXPECT_THAT(late.reply->Await(), StatusIs(StatusCode::kDeadlineExceeded));
  ExpectAnswered(mate);
  EXPECT_THAT(runner_.batches(), ElementsAre(Lengths{1}, Lengths{3, 4}));
}

TEST_F(BatcherTest, ACancelledCallIsAnsweredAtOnceAndNotComputed) {
  Start();
  Submitted first = HoldLane();
  Submitted call = Submit({3});
  batcher_->Cancel(*call.ticket);
  EXPECT_EQ(call.reply->answers(), 1);  // While the lane is still held.
  EXPECT_THAT(call.reply->Await(), StatusIs(StatusCode::kCancelled));
  batcher_->Cancel(*call.ticket);
  Submitted other = Submit({4});
  runner_.OpenGate();
  ExpectAnswered(other);
  EXPECT_EQ(call.reply->answers(), 1);
  EXPECT_THAT(runner_.batches(), ElementsAre(Lengths{1}, Lengths{4}));
}

TEST_F(BatcherTest, ACallCancelledInComputeLeavesItsBatchMatesAlone) {
  std::promise<void> computed, go_on;
  runner_.set_after_run([&](const Batch& batch, absl::Span<float>) {
    if (batch.sequences() == 2) {
      computed.set_value();
      go_on.get_future().wait();
    }
    return absl::OkStatus();
  });
  Start();
  Submitted first = HoldLane();
  Submitted call = Submit({3});
  Submitted mate = Submit({4});
  runner_.OpenGate();
  computed.get_future().wait();
  batcher_->Cancel(*call.ticket);
  EXPECT_THAT(call.reply->Await(), StatusIs(StatusCode::kCancelled));
  go_on.set_value();
  ExpectAnswered(mate);
  EXPECT_EQ(call.reply->answers(), 1);
}

TEST_F(BatcherTest, AFailedBatchFailsItsCallsAndNoOthers) {
  std::atomic<int> runs{0};
  runner_.set_after_run([&runs](const Batch&, absl::Span<float>) {
    return ++runs == 2 ? absl::ResourceExhaustedError("out of arena") : absl::OkStatus();
  });
  Start({.token_budget = 10});
  Submitted first = HoldLane();
  Submitted large = Submit({10, 10, 10});  // Its first batch fails; the rest of it must not be computed.
  Submitted other = Submit({4});
  runner_.OpenGate();
  EXPECT_THAT(large.reply->Await(), StatusIs(StatusCode::kInternal, HasSubstr("out of arena")));
  ExpectAnswered(other);
  EXPECT_THAT(runner_.batches(), ElementsAre(Lengths{1}, Lengths{10}, Lengths{4}));
}

TEST_F(BatcherTest, ALogitThatIsNotFiniteFailsItsCallAlone) {
  runner_.set_after_run([](const Batch& batch, absl::Span<float> logits) {
    for (int64_t n = 0; n < batch.sequences(); ++n) {
      const bool marked = batch.cu_seqlens[n + 1] - batch.cu_seqlens[n] == 7;
      if (marked) logits[n * FakeRunner::kLabels + 1] = std::numeric_limits<float>::quiet_NaN();
    }
    return absl::OkStatus();
  });
  Start();
  Submitted first = HoldLane();
  Submitted bad = Submit({3, 7});
  Submitted good = Submit({4});
  runner_.OpenGate();
  EXPECT_THAT(bad.reply->Await(), StatusIs(StatusCode::kInternal, HasSubstr("nan")));
  ExpectAnswered(good);
}

TEST_F(BatcherTest, DrainAnswersWhatWasAdmittedAndRefusesTheRest) {
  Start();
  Submitted first = HoldLane();
  Submitted queued = Submit({3});
  std::thread drain([this] { EXPECT_EQ(batcher_->Drain(kNoDeadline), 0); });
  while (Submit({1}).ticket.status().code() != StatusCode::kUnavailable) std::this_thread::yield();
  runner_.OpenGate();
  drain.join();
  EXPECT_EQ(queued.reply->answers(), 1);
  ExpectAnswered(queued);
}

TEST_F(BatcherTest, DrainGivesUpInTheEnd) {
  Start();
  Submitted first = HoldLane();
  Submitted queued = Submit({3});
  EXPECT_EQ(batcher_->Drain(std::chrono::steady_clock::now() + milliseconds(20)), 2);
  EXPECT_THAT(first.reply->Await(), StatusIs(StatusCode::kUnavailable));
  EXPECT_THAT(queued.reply->Await(), StatusIs(StatusCode::kUnavailable));
  runner_.OpenGate();
}

// Many threads submit calls of random size; some cancel. Every admitted call is answered once, with its own logits, and
// the numbers add up.
TEST_F(BatcherTest, UnderLoadEveryCallIsAnsweredOnceWithItsOwnLogits) {
  const uint32_t seed = std::random_device{}();
  std::cout << "seed " << seed << "\n";
  Start({.lanes = 2, .token_budget = 64, .max_queue_tokens = 512, .max_queue_calls = 32});
  std::atomic<int> admitted{0}, refused{0}, right{0}, cancelled{0}, wrong{0};
  const auto client = [&](uint32_t number) {
    std::mt19937 random(seed + number);
    for (int i = 0; i < 400; ++i) {
      std::vector<Encoding> texts;
      for (uint32_t n = 1 + random() % 6; n > 0; --n) texts.push_back(Text(1 + random() % 40, random() % 50000));
      auto ticket = batcher_->Submit({texts, kNoDeadline, [&, expected = Expected(texts)](auto outputs) {
                                        if (outputs.ok()) {
                                          ++(outputs->logits == expected ? right : wrong);
                                        } else {
                                          ++(outputs.status().code() == StatusCode::kCancelled ? cancelled : wrong);
                                        }
                                      }});
      ++(ticket.ok() ? admitted : refused);
      if (ticket.ok() && random() % 4 == 0) batcher_->Cancel(*ticket);
    }
  };
  std::vector<std::thread> clients;
  for (uint32_t number = 0; number < 4; ++number) clients.emplace_back(client, number);
  for (std::thread& thread : clients) thread.join();
  EXPECT_EQ(batcher_->Drain(kNoDeadline), 0);
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(admitted + refused, 1600);
  EXPECT_EQ(right + cancelled, admitted);
  EXPECT_GT(right, 0);
}

}  // namespace
}  // namespace lathe
