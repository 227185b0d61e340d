#include "server/batching/worker_pool.h"

#include <utility>

namespace lathe {

WorkerPool::WorkerPool(int threads) {
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { RunTasks(); });
}

WorkerPool::~WorkerPool() {
  {
    MutexLock lock(&mutex_);
    stopping_ = true;
  }
  work_.NotifyAll();
  for (std::thread& thread : threads_) thread.join();
}

void WorkerPool::ScheduleStart(Task task) {
  MutexLock lock(&mutex_);
  starts_.push_back(std::move(task));
  work_.NotifyOne();
}

void WorkerPool::ScheduleFinish(Task task) {
  MutexLock lock(&mutex_);
  finishes_.push_back(std::move(task));
  work_.NotifyOne();
}

bool WorkerPool::Next(Task& task) {
  MutexLock lock(&mutex_);
  while (finishes_.empty() && starts_.empty() && !stopping_) work_.Wait(&mutex_);
  if (finishes_.empty() && starts_.empty()) return false;
  std::deque<Task>& queue = finishes_.empty() ? starts_ : finishes_;
  task = std::move(queue.front());
  queue.pop_front();
  return true;
}

void WorkerPool::RunTasks() {
  for (Task task; Next(task); task = nullptr) task();
}

}  // namespace lathe
