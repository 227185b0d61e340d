// A few threads for the work around compute: tokenizing texts and writing answers. It keeps that work off gRPC's
// threads, which other calls wait for, and off the lanes, which compute.
#ifndef LATHE_SERVER_BATCHING_WORKER_POOL_H_
#define LATHE_SERVER_BATCHING_WORKER_POOL_H_

#include <deque>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "engine/base/mutex.h"

namespace lathe {

// Thread-safe. The queue has no bound of its own: it holds at most one task for each call that Admission let in.
class WorkerPool {
 public:
  using Task = absl::AnyInvocable<void()>;

  explicit WorkerPool(int threads);
  ~WorkerPool();  // Runs what is queued, then joins. Requires: nobody schedules any more.
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // Neither blocks. Tasks that finish a call run before tasks that start one: an answer that is ready should not wait
  // behind new work. Within each kind, first come, first served.
  void ScheduleStart(Task task);
  void ScheduleFinish(Task task);

 private:
  bool Next(Task& task) ABSL_LOCKS_EXCLUDED(mutex_);  // Waits; false when there is nothing more to do.
  void RunTasks();

  Mutex mutex_;
  CondVar work_;
  std::deque<Task> starts_ ABSL_GUARDED_BY(mutex_);
  std::deque<Task> finishes_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace lathe

#endif  // LATHE_SERVER_BATCHING_WORKER_POOL_H_
