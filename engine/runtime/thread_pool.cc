#include "engine/runtime/thread_pool.h"

#include <utility>

namespace lathe {
namespace {

// About 20 to 50 microseconds: longer than the usual wait for a part that has as much to do, far shorter than a time
// slice.
constexpr int kSpins = 1000;

void Pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

}  // namespace

// What the parts of one Run share.
struct ThreadPool::Job {
  absl::FunctionRef<void(int)> body;
  Mutex mutex;
  CondVar done;
  int pending ABSL_GUARDED_BY(mutex);
};

struct ThreadPool::Worker {
  CondVar wake;
  Job* job = nullptr;  // Guarded by the pool's mutex; so is part.
  int part = 0;
  std::thread thread;
};

ThreadPool::ThreadPool(int threads) : threads_(threads), free_places_(threads) {
  for (int i = 1; i < threads; ++i) {
    workers_.push_back(std::make_unique<Worker>());
    Worker* worker = workers_.back().get();
    worker->thread = std::thread([this, worker] { WorkerLoop(worker); });
    MutexLock lock(&mutex_);
    idle_.push_back(worker);
  }
}

ThreadPool::~ThreadPool() {
  {
    MutexLock lock(&mutex_);
    stopping_ = true;
    for (const auto& worker : workers_) worker->wake.NotifyOne();
  }
  for (const auto& worker : workers_) worker->thread.join();
}

void ThreadPool::WorkerLoop(Worker* worker) {
  while (true) {
    Job* job = nullptr;
    int part = 0;
    {
      MutexLock lock(&mutex_);
      while (worker->job == nullptr && !stopping_) worker->wake.Wait(&mutex_);
      if (worker->job == nullptr) return;
      job = std::exchange(worker->job, nullptr);
      part = worker->part;
    }
    job->body(part);
    {
      MutexLock lock(&mutex_);
      idle_.push_back(worker);
    }
    MutexLock lock(&job->mutex);
    if (--job->pending == 0) job->done.NotifyOne();
  }
}

void ThreadPool::Acquire(int parts) {
  MutexLock lock(&mutex_);
  const int64_t ticket = next_ticket_++;
  while (now_serving_ != ticket || free_places_ < parts) freed_.Wait(&mutex_);
  ++now_serving_;
  free_places_ -= parts;
  freed_.NotifyAll();  // The next in turn may find enough places too.
}

void ThreadPool::Release(int parts) {
  MutexLock lock(&mutex_);
  free_places_ += parts;
  freed_.NotifyAll();
}

void ThreadPool::Run(int parts, absl::FunctionRef<void(int part)> body) {
  Acquire(parts);
  Job job{body, {}, {}, parts - 1};
  {
    // A place taken is a worker idle: the callers stand for the workers that they leave out, one each.
    MutexLock lock(&mutex_);
    for (int part = 1; part < parts; ++part) {
      Worker* worker = idle_.back();
      idle_.pop_back();
      worker->job = &job;
      worker->part = part;
      worker->wake.NotifyOne();
    }
  }
  body(0);
  {
    MutexLock lock(&job.mutex);
    while (job.pending > 0) job.done.Wait(&job.mutex);
  }
  Release(parts);
}

void Barrier::Wait() {
  const int round = round_.load(std::memory_order_acquire);
  if (arrived_.fetch_add(1, std::memory_order_acq_rel) == parts_ - 1) {
    arrived_.store(0, std::memory_order_relaxed);
    round_.store(round + 1, std::memory_order_release);
    round_.notify_all();
    return;
  }
  for (int spin = 0; spin < kSpins; ++spin) {
    if (round_.load(std::memory_order_acquire) != round) return;
    Pause();
  }
  while (round_.load(std::memory_order_acquire) == round) round_.wait(round, std::memory_order_acquire);
}

}  // namespace lathe
