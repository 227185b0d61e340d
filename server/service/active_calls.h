// Counts the calls that a transport has taken and not yet ended, so that a shutdown can wait for them.
#ifndef LATHE_SERVER_SERVICE_ACTIVE_CALLS_H_
#define LATHE_SERVER_SERVICE_ACTIVE_CALLS_H_

#include <cstdint>

#include "absl/base/thread_annotations.h"
#include "engine/base/mutex.h"
#include "server/batching/clock.h"

namespace lathe {

// Thread-safe.
class ActiveCalls {
 public:
  void Begin() {
    MutexLock lock(&mutex_);
    ++count_;
  }
  void End() {
    MutexLock lock(&mutex_);
    if (--count_ == 0) none_.NotifyAll();
  }
  // Waits until there are none, or until `until`; returns how many there are then.
  int64_t AwaitNone(TimePoint until) {
    MutexLock lock(&mutex_);
    while (count_ > 0 && none_.WaitUntil(&mutex_, until)) {
    }
    return count_;
  }

 private:
  Mutex mutex_;
  CondVar none_;
  int64_t count_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace lathe

#endif  // LATHE_SERVER_SERVICE_ACTIVE_CALLS_H_
