// One Watch stream of the health service.
#ifndef LATHE_SERVER_SERVICE_HEALTH_WATCHER_H_
#define LATHE_SERVER_SERVICE_HEALTH_WATCHER_H_

#include <functional>
#include <optional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "engine/base/mutex.h"
#include "grpc/health/v1/health.pb.h"
#include "grpcpp/support/server_callback.h"

namespace lathe {

// Writes each status that differs from the last one written, one write at a time; statuses that come while a write is
// under way replace each other. Deletes itself when gRPC lets go of the stream, after a last call of `on_done`, before
// which Update and End may be called from any thread.
class HealthWatcher final : public grpc::ServerWriteReactor<grpc::health::v1::HealthCheckResponse> {
 public:
  using Response = grpc::health::v1::HealthCheckResponse;
  using Status = Response::ServingStatus;

  explicit HealthWatcher(std::function<void(HealthWatcher*)> on_done) : on_done_(std::move(on_done)) {}

  void Update(Status status) {
    Proceed([&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { next_ = status; });
  }

  // Ends the stream once the last status is written.
  void End() {
    Proceed([&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { ending_ = true; });
  }

  void OnWriteDone(bool ok) override {
    Proceed([&]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
      writing_ = false;
      if (!ok) Abandon();
    });
  }

  void OnCancel() override {
    Proceed([&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { Abandon(); });
  }

  void OnDone() override {
    on_done_(this);
    delete this;
  }

 private:
  void Abandon() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    next_.reset();
    ending_ = true;
  }

  // Makes a change, then does what it calls for. Finish comes after the lock: it may bring OnDone, on another thread.
  template <typename Change>
  void Proceed(const Change& change) {
    bool finish = false;
    {
      MutexLock lock(&mutex_);
      change();
      if (writing_ || finished_) return;
      if (next_.has_value() && next_ != last_) {
        Write(*next_);
      } else if (ending_) {
        finish = finished_ = true;
      }
    }
    if (finish) Finish(grpc::Status(grpc::StatusCode::UNAVAILABLE, "the server is shutting down"));
  }

  void Write(Status status) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    last_ = status;
    writing_ = true;
    response_.set_status(status);
    StartWrite(&response_);
  }

  const std::function<void(HealthWatcher*)> on_done_;
  Mutex mutex_;
  std::optional<Status> next_ ABSL_GUARDED_BY(mutex_);
  std::optional<Status> last_ ABSL_GUARDED_BY(mutex_);
  Response response_;  // Belongs to the write under way.
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  bool ending_ ABSL_GUARDED_BY(mutex_) = false;
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace lathe

#endif  // LATHE_SERVER_SERVICE_HEALTH_WATCHER_H_
