// The calls of one model that wait for a lane, and the order in which they get one.
//
// The order is deadline, then arrival. Priorities, and turns between clients, belong here too: whoever adds them
// changes this file and its test, and nothing else of the batcher.
#ifndef LATHE_SERVER_BATCHING_CALL_QUEUE_H_
#define LATHE_SERVER_BATCHING_CALL_QUEUE_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "engine/tokenizers/tokenizer.h"
#include "server/batching/clock.h"

namespace lathe {

// What the model computed for a call.
struct Outputs {
  std::vector<float> logits;  // [texts of the call, labels], all finite.
  Duration queue{};           // From admission until a lane took the first text.
  Duration compute{};         // From there until the last text was done.
};

// A call as the batcher takes it.
struct TokenizedCall {
  std::vector<Encoding> texts;  // At least one; each has from 1 token to the token budget.
  TimePoint deadline = kNoDeadline;
  absl::AnyInvocable<void(absl::StatusOr<Outputs>)> done;  // Called once, if the call is admitted.
};

// An admitted call until it is answered. Guarded by the batcher's mutex, but for `logits`: there each batch writes the
// rows of its own texts.
struct PendingCall {
  TokenizedCall call;
  int64_t tokens = 0;     // Of all texts.
  uint64_t arrival = 0;   // Orders calls with the same deadline; unique.
  TimePoint admitted;     // When the queue took it.
  TimePoint started;      // When a lane took its first text.
  size_t next_text = 0;   // The texts before this one have been handed to lanes.
  size_t texts_done = 0;  // Texts whose batch has come back.
  bool answered = false;  // `done` was called or is about to be.
  std::vector<float> logits;
};

// A run of texts of one call that goes into one batch.
struct Slice {
  std::shared_ptr<PendingCall> pending;
  size_t first = 0;
  size_t count = 0;
};

// Not thread-safe. Holds every call that has texts which no lane has taken.
class CallQueue {
 public:
  void Add(std::shared_ptr<PendingCall> pending);

  // Takes a call out; nothing happens when it is not in the queue.
  void Remove(const PendingCall& pending);

  // Takes texts in order until the next one does not fit `token_budget`; that one is the first of the next batch, so
  // that short texts do not overtake a long one for ever. A large call stays in the queue with its remaining texts.
  std::vector<Slice> TakeBatch(int64_t token_budget);

  // Takes out the calls whose deadline is not after `now`.
  std::vector<std::shared_ptr<PendingCall>> TakeExpired(TimePoint now);

  bool empty() const { return calls_.empty(); }
  int64_t calls() const { return static_cast<int64_t>(calls_.size()); }
  int64_t tokens() const { return tokens_; }  // Of texts that no lane has taken.

 private:
  using Key = std::pair<TimePoint, uint64_t>;
  using Calls = std::map<Key, std::shared_ptr<PendingCall>>;

  Calls::iterator Erase(Calls::iterator call);

  Calls calls_;
  int64_t tokens_ = 0;
};

}  // namespace lathe

#endif  // LATHE_SERVER_BATCHING_CALL_QUEUE_H_
