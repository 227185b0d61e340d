// The threads that compute: one pool for the process, however many models there are.
#ifndef LATHE_ENGINE_RUNTIME_THREAD_POOL_H_
#define LATHE_ENGINE_RUNTIME_THREAD_POOL_H_

#include <atomic>
#include <deque>
#include <memory>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "engine/base/mutex.h"

namespace lathe {

// A fixed number of places to compute at. Run takes as many places as it has parts, waits in turn until they are free,
// and gives them back when all parts are done; so at most `threads` parts run at any time, whoever calls, and none is
// divided. The calling thread runs part 0 itself. Thread-safe.
class ThreadPool {
 public:
  // Requires: threads >= 1.
  explicit ThreadPool(int threads);
  // Requires: no Run is under way.
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int threads() const { return threads_; }

  // Calls body(0) .. body(parts - 1), all at the same time on different threads, so that parts may wait for each other;
  // returns when all have returned. Requires: 1 <= parts <= threads(), and body does not call Run.
  void Run(int parts, absl::FunctionRef<void(int part)> body);

 private:
  struct Job;
  struct Worker;
  void WorkerLoop(Worker* worker);
  void Acquire(int parts) ABSL_LOCKS_EXCLUDED(mutex_);
  void Release(int parts) ABSL_LOCKS_EXCLUDED(mutex_);

  const int threads_;
  Mutex mutex_;
  CondVar freed_;
  int free_places_ ABSL_GUARDED_BY(mutex_);
  int64_t next_ticket_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t now_serving_ ABSL_GUARDED_BY(mutex_) = 0;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<Worker*> idle_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::unique_ptr<Worker>> workers_;
};

// Lets the parts of one Run wait for each other. Spins for a bounded time, since the others are usually microseconds
// behind, then sleeps.
class Barrier {
 public:
  explicit Barrier(int parts) : parts_(parts) {}
  // Returns when every part has called it as often as this one.
  void Wait();

 private:
  const int parts_;
  std::atomic<int> arrived_{0};
  std::atomic<int> round_{0};
};

}  // namespace lathe

#endif  // LATHE_ENGINE_RUNTIME_THREAD_POOL_H_
