// What a handler knows of the call it answers besides its request: who, when, until when, and whether anybody still
// waits. It knows no transport; each transport makes one per call.
#ifndef LATHE_SERVER_HANDLERS_REQUEST_CONTEXT_H_
#define LATHE_SERVER_HANDLERS_REQUEST_CONTEXT_H_

#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "engine/base/mutex.h"
#include "server/batching/admission.h"
#include "server/batching/clock.h"
#include "server/batching/worker_pool.h"
#include "server/errors.h"
#include "server/observability/log.h"
#include "server/observability/metrics.h"
#include "server/registry/model_registry.h"

namespace lathe {

// What all calls share. Outlives them.
struct Services {
  const ModelRegistry& models;
  Admission& admission;
  WorkerPool& workers;
  Metrics& metrics;
  const Clock& clock;
};

// Thread-safe. Held by shared_ptr: by the transport and by the handler.
class RequestContext {
 public:
  RequestContext(const Services& services, TimePoint deadline)
      : services_(services), id_(NewRequestId()), arrival_(services.clock.Now()), deadline_(deadline) {}

  const Services& services() const { return services_; }
  const std::string& id() const { return id_; }
  TimePoint deadline() const { return deadline_; }

  // Time since the call arrived.
  Duration Elapsed() const { return services_.clock.Now() - arrival_; }

  // OK while somebody waits for the answer, else DEADLINE_EXCEEDED or CANCELLED.
  absl::Status CheckWanted() const {
    if (deadline_ <= services_.clock.Now()) return errors::DeadlinePassed();
    MutexLock lock(&mutex_);
    return cancelled_ ? errors::CallerGone() : absl::OkStatus();
  }

  // The caller is gone. Called by the transport, at most once, at any time.
  void Cancel() {
    Hook hook;
    {
      MutexLock lock(&mutex_);
      cancelled_ = true;
      std::swap(hook, hook_);
    }
    if (hook) hook();
  }

  // Runs `hook` when the call is cancelled, at once when it already is. Called at most once.
  void OnCancel(absl::AnyInvocable<void()> hook) {
    {
      MutexLock lock(&mutex_);
      if (!cancelled_) {
        hook_ = std::move(hook);
        return;
      }
    }
    hook();
  }

 private:
  using Hook = absl::AnyInvocable<void()>;

  const Services& services_;
  const std::string id_;
  const TimePoint arrival_;
  const TimePoint deadline_;
  mutable Mutex mutex_;
  bool cancelled_ ABSL_GUARDED_BY(mutex_) = false;
  Hook hook_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace lathe

#endif  // LATHE_SERVER_HANDLERS_REQUEST_CONTEXT_H_
