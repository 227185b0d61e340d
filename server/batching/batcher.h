// Collects the texts of many calls into batches for one model.
//
// A lane that is free takes what is queued, up to the token budget: under light load a call starts at once, alone;
// under heavy load batches fill while the lanes are busy. There is no timer. A large call is spread over several
// batches and answered whole. A call that is cancelled or whose deadline passes is dropped before it costs compute.
//
//   Batcher batcher(options, runner, metrics, clock);
//   ASSIGN_OR_RETURN(Batcher::Ticket ticket, batcher.Submit({std::move(texts), deadline, std::move(done)}));
#ifndef LATHE_SERVER_BATCHING_BATCHER_H_
#define LATHE_SERVER_BATCHING_BATCHER_H_

#include <cstdint>
#include <map>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/mutex.h"
#include "engine/runtime/packed_batch.h"
#include "server/batching/batch_runner.h"
#include "server/batching/call_queue.h"
#include "server/batching/clock.h"
#include "server/observability/metrics.h"

namespace lathe {

struct BatcherOptions {
  int lanes = 1;
  int64_t token_budget = 4096;        // The most tokens of one batch. No text is longer.
  int64_t max_queue_tokens = 524288;  // Of texts that wait for a lane.
  int64_t max_queue_calls = 4096;     // With texts that wait for a lane.
};

// Thread-safe. Has one thread per lane, on which batches run and most calls' `done` is called.
class Batcher {
 public:
  // Names an admitted call, for Cancel. Costs nothing to keep.
  using Ticket = std::weak_ptr<PendingCall>;

  // `runner`, `metrics` and `clock` outlive the batcher.
  Batcher(BatcherOptions options, BatchRunner& runner, ModelMetrics& metrics, const Clock& clock);
  ~Batcher();  // As Drain without an end, then stops the lanes.
  Batcher(const Batcher&) = delete;
  Batcher& operator=(const Batcher&) = delete;

  // Second admission: takes all of a call or none of it. Never blocks. Admitted means that `done` is called exactly
  // once, on another thread and maybe before Submit returns, with the outputs or one of: DEADLINE_EXCEEDED, CANCELLED,
  // UNAVAILABLE (drained), INTERNAL (the runner failed, or gave a logit that is not finite; the message has the cause
  // and is not for clients). Errors: INVALID_ARGUMENT (more tokens than the queue could ever hold), RESOURCE_EXHAUSTED
  // (the queue is full, with a retry delay), UNAVAILABLE (draining), DEADLINE_EXCEEDED (already passed), INTERNAL (a
  // text with no tokens or more than the budget). `done` is then dropped without being called.
  absl::StatusOr<Ticket> Submit(TokenizedCall call);

  // Answers the call at once with CANCELLED, or DEADLINE_EXCEEDED when that has passed, and gives its place in the
  // queue back. What a lane is computing for it goes to waste. Nothing happens when the call was answered before.
  void Cancel(const Ticket& ticket);

  // Refuses further calls and returns once every admitted one is answered, or at `until`: then those that are left are
  // answered with UNAVAILABLE, and the result is their number.
  int64_t Drain(TimePoint until);

  // How long the queue would take to empty at the recent speed, within 10 ms and 10 s: what a refused caller should
  // wait.
  Duration RetryDelay() const;

 private:
  struct Answer {
    std::shared_ptr<PendingCall> pending;
    absl::Status status;
  };

  absl::Status CheckSize(const TokenizedCall& call, int64_t& tokens) const;
  absl::Status CheckRoom(int64_t tokens) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Duration RetryDelayLocked() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  void RunLane(int lane);
  bool TakeBatch(std::vector<Slice>& slices);  // Waits for work; false when the lane should end.
  void RunBatch(int lane, const std::vector<Slice>& slices, PackedBatch& packed, std::vector<float>& logits);
  void Deliver(const std::vector<Slice>& slices, const std::vector<absl::Status>& statuses);

  // Marks calls as answered and takes them out of the queue; SendAnswers, without the lock, then calls them back.
  void Settle(std::shared_ptr<PendingCall> pending, absl::Status status, std::vector<Answer>& answers)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void SettleExpired(std::vector<Answer>& answers) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void SendAnswers(std::vector<Answer> answers) ABSL_LOCKS_EXCLUDED(mutex_);
  void ReportQueue() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const BatcherOptions options_;
  BatchRunner& runner_;
  ModelMetrics& metrics_;
  const Clock& clock_;

  mutable Mutex mutex_;
  CondVar work_;     // A lane may have something to do.
  CondVar drained_;  // `unanswered_` became empty.
  CallQueue queue_ ABSL_GUARDED_BY(mutex_);
  // Admitted calls whose `done` has not returned, by arrival.
  std::map<uint64_t, std::shared_ptr<PendingCall>> unanswered_ ABSL_GUARDED_BY(mutex_);
  uint64_t arrivals_ ABSL_GUARDED_BY(mutex_) = 0;
  double seconds_per_token_ ABSL_GUARDED_BY(mutex_) = 0;  // Of one lane, a moving average.
  bool draining_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;

  std::vector<std::thread> lanes_;
};

}  // namespace lathe

#endif  // LATHE_SERVER_BATCHING_BATCHER_H_
