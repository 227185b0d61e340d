#include "server/batching/batcher.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <string>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "server/errors.h"

namespace lathe {
namespace {

constexpr Duration kLeastRetryDelay = std::chrono::milliseconds(10);
constexpr Duration kMostRetryDelay = std::chrono::seconds(10);
// Weight of the newest batch in the moving average of speed: it follows a change within about ten batches.
constexpr double kSpeedWeight = 0.2;

absl::Status CheckFinite(absl::Span<const float> logits) {
  for (const float logit : logits) {
    if (!std::isfinite(logit)) return absl::InternalError(absl::StrCat("the model computed a logit of ", logit));
  }
  return absl::OkStatus();
}

// Copies the rows of each slice to its call; one status per slice.
std::vector<absl::Status> Scatter(const std::vector<Slice>& slices, absl::Span<const float> logits, int64_t labels) {
  std::vector<absl::Status> statuses;
  size_t row = 0;
  for (const Slice& slice : slices) {
    const absl::Span<const float> rows = logits.subspan(row * labels, slice.count * labels);
    std::copy(rows.begin(), rows.end(), slice.pending->logits.begin() + slice.first * labels);
    statuses.push_back(CheckFinite(rows));
    row += slice.count;
  }
  return statuses;
}

void Pack(const std::vector<Slice>& slices, PackedBatch& packed) {
  packed.Clear();
  for (const Slice& slice : slices) {
    for (size_t i = 0; i < slice.count; ++i) {
      const Encoding& text = slice.pending->call.texts[slice.first + i];
      packed.Append(text.ids, text.segment_ids);
    }
  }
}

}  // namespace

Batcher::Batcher(BatcherOptions options, BatchRunner& runner, ModelMetrics& metrics, const Clock& clock)
    : options_(options), runner_(runner), metrics_(metrics), clock_(clock) {
  metrics_.SetQueueLimits(options_.max_queue_calls, options_.max_queue_tokens);
  for (int lane = 0; lane < options_.lanes; ++lane) {
    lanes_.emplace_back([this, lane] { RunLane(lane); });
  }
}

Batcher::~Batcher() {
  Drain(kNoDeadline);
  {
    MutexLock lock(&mutex_);
    stopping_ = true;
  }
  work_.NotifyAll();
  for (std::thread& lane : lanes_) lane.join();
}

absl::Status Batcher::CheckSize(const TokenizedCall& call, int64_t& tokens) const {
  tokens = 0;
  for (const Encoding& text : call.texts) {
    const auto size = static_cast<int64_t>(text.ids.size());
    if (size < 1 || size > options_.token_budget) {
      return absl::InternalError(absl::StrCat("a text of ", size, " tokens, wanted 1 to ", options_.token_budget));
    }
    tokens += size;
  }
  if (tokens > options_.max_queue_tokens) return errors::CallTooLarge(tokens, options_.max_queue_tokens);
  return absl::OkStatus();
}

absl::Status Batcher::CheckRoom(int64_t tokens) {
  if (draining_) return errors::ShuttingDown();
  const bool full = queue_.calls() >= options_.max_queue_calls || tokens > options_.max_queue_tokens - queue_.tokens();
  return full ? errors::QueueFull(RetryDelayLocked()) : absl::OkStatus();
}

absl::StatusOr<Batcher::Ticket> Batcher::Submit(TokenizedCall call) {
  auto pending = std::make_shared<PendingCall>();
  RETURN_IF_ERROR(CheckSize(call, pending->tokens));
  pending->admitted = clock_.Now();
  if (call.deadline <= pending->admitted) return errors::DeadlinePassed();
  pending->logits.resize(call.texts.size() * runner_.labels());
  pending->call = std::move(call);

  std::vector<Answer> expired;
  absl::Status status;
  {
    MutexLock lock(&mutex_);
    SettleExpired(expired);  // Their room may be what this call needs.
    status = CheckRoom(pending->tokens);
    if (status.ok()) {
      pending->arrival = arrivals_++;
      unanswered_.emplace(pending->arrival, pending);
      queue_.Add(pending);
      metrics_.CallAccepted();
      ReportQueue();
    }
  }
  if (status.ok()) work_.NotifyOne();
  SendAnswers(std::move(expired));
  RETURN_IF_ERROR(status);
  return Ticket(pending);
}

void Batcher::Cancel(const Ticket& ticket) {
  std::shared_ptr<PendingCall> pending = ticket.lock();
  if (pending == nullptr) return;
  std::vector<Answer> answers;
  {
    MutexLock lock(&mutex_);
    const bool late = pending->call.deadline <= clock_.Now();
    Settle(std::move(pending), late ? errors::DeadlinePassed() : errors::CallerGone(), answers);
    ReportQueue();
  }
  SendAnswers(std::move(answers));
}

int64_t Batcher::Drain(TimePoint until) {
  std::vector<Answer> left;
  {
    MutexLock lock(&mutex_);
    draining_ = true;
    bool in_time = true;
    while (!unanswered_.empty() && in_time) {
      if (until == kNoDeadline) {
        drained_.Wait(&mutex_);
      } else {
        in_time = drained_.WaitUntil(&mutex_, until);
      }
    }
    for (const auto& [arrival, pending] : unanswered_) Settle(pending, errors::ShuttingDown(), left);
    ReportQueue();
  }
  const auto count = static_cast<int64_t>(left.size());
  SendAnswers(std::move(left));
  return count;
}

Duration Batcher::RetryDelay() const {
  MutexLock lock(&mutex_);
  return RetryDelayLocked();
}

Duration Batcher::RetryDelayLocked() const {
  const std::chrono::duration<double> seconds(static_cast<double>(queue_.tokens()) * seconds_per_token_ /
                                              options_.lanes);
  if (seconds > kMostRetryDelay) return kMostRetryDelay;
  return std::max(kLeastRetryDelay, std::chrono::duration_cast<Duration>(seconds));
}

void Batcher::RunLane(int lane) {
  PackedBatch packed;
  std::vector<float> logits;
  for (std::vector<Slice> slices; TakeBatch(slices); slices.clear()) {
    if (!slices.empty()) RunBatch(lane, slices, packed, logits);
  }
}

bool Batcher::TakeBatch(std::vector<Slice>& slices) {
  std::vector<Answer> expired;
  {
    MutexLock lock(&mutex_);
    while (queue_.empty() && !stopping_) work_.Wait(&mutex_);
    if (queue_.empty()) return false;
    SettleExpired(expired);
    slices = queue_.TakeBatch(options_.token_budget);
    const TimePoint now = clock_.Now();
    for (const Slice& slice : slices) {
      if (slice.first > 0) continue;
      slice.pending->started = now;
      metrics_.Queued(Seconds(now - slice.pending->admitted));
    }
    if (!queue_.empty()) work_.NotifyOne();  // Another lane may be free for the rest.
    ReportQueue();
  }
  SendAnswers(std::move(expired));
  return true;
}

void Batcher::RunBatch(int lane, const std::vector<Slice>& slices, PackedBatch& packed, std::vector<float>& logits) {
  Pack(slices, packed);
  const Batch batch = packed.view();
  logits.resize(batch.sequences() * runner_.labels());
  const TimePoint start = clock_.Now();
  const absl::Status status = runner_.Run(batch, lane, absl::MakeSpan(logits));
  const double seconds = Seconds(clock_.Now() - start);
  metrics_.BatchExecuted(batch.tokens(), batch.sequences(), seconds);
  {
    MutexLock lock(&mutex_);
    const double newest = seconds / static_cast<double>(batch.tokens());
    seconds_per_token_ =
        seconds_per_token_ == 0 ? newest : seconds_per_token_ + kSpeedWeight * (newest - seconds_per_token_);
  }
  if (status.ok()) {
    Deliver(slices, Scatter(slices, logits, runner_.labels()));
  } else {
    Deliver(slices, std::vector<absl::Status>(slices.size(), absl::InternalError(status.ToString())));
  }
}

void Batcher::Deliver(const std::vector<Slice>& slices, const std::vector<absl::Status>& statuses) {
  std::vector<Answer> answers;
  {
    MutexLock lock(&mutex_);
    const TimePoint now = clock_.Now();
    for (size_t i = 0; i < slices.size(); ++i) {
      PendingCall& pending = *slices[i].pending;
      pending.texts_done += slices[i].count;
      if (!statuses[i].ok()) {
        Settle(slices[i].pending, statuses[i], answers);
      } else if (pending.texts_done == pending.call.texts.size()) {
        Settle(slices[i].pending, pending.call.deadline <= now ? errors::DeadlinePassed() : absl::OkStatus(), answers);
      }
    }
    if (!answers.empty()) ReportQueue();
  }
  SendAnswers(std::move(answers));
}

void Batcher::Settle(std::shared_ptr<PendingCall> pending, absl::Status status, std::vector<Answer>& answers) {
  if (pending->answered) return;
  pending->answered = true;
  queue_.Remove(*pending);
  answers.push_back({std::move(pending), std::move(status)});
}

void Batcher::SettleExpired(std::vector<Answer>& answers) {
  for (std::shared_ptr<PendingCall>& pending : queue_.TakeExpired(clock_.Now())) {
    Settle(std::move(pending), errors::DeadlinePassed(), answers);
  }
}

void Batcher::SendAnswers(std::vector<Answer> answers) {
  if (answers.empty()) return;
  const TimePoint now = clock_.Now();
  for (Answer& answer : answers) {
    PendingCall& pending = *answer.pending;
    if (answer.status.ok()) {
      pending.call.done(Outputs{std::move(pending.logits), pending.started - pending.admitted, now - pending.started});
    } else {
      pending.call.done(std::move(answer.status));
    }
    pending.call.done = nullptr;  // What the caller captured goes now, not when the last ticket does.
  }
  MutexLock lock(&mutex_);
  for (const Answer& answer : answers) unanswered_.erase(answer.pending->arrival);
  if (unanswered_.empty()) drained_.NotifyAll();
}

void Batcher::ReportQueue() { metrics_.SetQueue(queue_.calls(), queue_.tokens()); }

}  // namespace lathe
