// A runner for tests: logits that can be predicted, batches that are remembered, and a gate that holds a lane.
#ifndef LATHE_SERVER_BATCHING_FAKE_RUNNER_H_
#define LATHE_SERVER_BATCHING_FAKE_RUNNER_H_

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/types/span.h"
#include "engine/base/mutex.h"
#include "server/batching/batch_runner.h"

namespace lathe {

// Thread-safe. Logit l of a sequence is FakeLogit(its ids, l).
class FakeRunner final : public BatchRunner {
 public:
  static constexpr int64_t kLabels = 2;

  // Differs for ids in another order; exact in f32 for short texts of small ids.
  static float FakeLogit(absl::Span<const int32_t> ids, int64_t label) {
    int64_t sum = 0;
    for (const int32_t id : ids) sum = (sum * 31 + id) % 100003;
    return static_cast<float>(sum) * (label == 0 ? 1.0f : -0.5f);
  }

  int64_t labels() const override { return kLabels; }

  absl::Status Run(const Batch& batch, int lane, absl::Span<float> logits) override {
    Enter(batch);
    for (int64_t n = 0; n < batch.sequences(); ++n) {
      const auto ids = batch.token_ids.subspan(batch.cu_seqlens[n], batch.cu_seqlens[n + 1] - batch.cu_seqlens[n]);
      for (int64_t label = 0; label < kLabels; ++label) logits[n * kLabels + label] = FakeLogit(ids, label);
    }
    return after_run_ ? after_run_(batch, logits) : absl::OkStatus();
  }

  // Runs last in every Run and gives its status. Requires: set before the first batch.
  void set_after_run(std::function<absl::Status(const Batch&, absl::Span<float>)> after_run) {
    after_run_ = std::move(after_run);
  }

  // While closed, every Run waits at its beginning.
  void CloseGate() {
    MutexLock lock(&mutex_);
    closed_ = true;
  }
  void OpenGate() {
    MutexLock lock(&mutex_);
    closed_ = false;
    changed_.NotifyAll();
  }

  // Waits until `count` batches have arrived, also those at the gate.
  void AwaitBatches(size_t count) {
    MutexLock lock(&mutex_);
    while (batches_.size() < count) changed_.Wait(&mutex_);
  }

  // The lengths of the sequences of each batch that arrived.
  std::vector<std::vector<int64_t>> batches() const {
    MutexLock lock(&mutex_);
    return batches_;
  }

 private:
  void Enter(const Batch& batch) {
    std::vector<int64_t> lengths;
    for (int64_t n = 0; n < batch.sequences(); ++n) lengths.push_back(batch.cu_seqlens[n + 1] - batch.cu_seqlens[n]);
    MutexLock lock(&mutex_);
    batches_.push_back(std::move(lengths));
    changed_.NotifyAll();
    while (closed_) changed_.Wait(&mutex_);
  }

  std::function<absl::Status(const Batch&, absl::Span<float>)> after_run_;
  mutable Mutex mutex_;
  CondVar changed_;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::vector<int64_t>> batches_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace lathe

#endif  // LATHE_SERVER_BATCHING_FAKE_RUNNER_H_
