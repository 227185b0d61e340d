#include "engine/runtime/thread_pool.h"

#include <atomic>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace lathe {
namespace {

TEST(ThreadPool, PartsRunAtTheSameTime) {
  for (const int threads : {1, 2, 3, 8}) {
    ThreadPool pool(threads);
    Barrier barrier(threads);
    std::vector<int> steps(static_cast<size_t>(threads), 0);
    pool.Run(threads, [&](int part) {
      for (int step = 0; step < 100; ++step) {
        ++steps[static_cast<size_t>(part)];
        barrier.Wait();  // Hangs unless every part is running.
        for (const int other : steps) EXPECT_EQ(other, step + 1);
        barrier.Wait();
      }
    });
  }
}

TEST(ThreadPool, CallersShareThePlaces) {
  constexpr int kThreads = 3;
  ThreadPool pool(kThreads);
  std::atomic<int> running{0};
  std::atomic<int> most{0};
  std::atomic<int> parts_run{0};
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 6; ++caller) {
    callers.emplace_back([&, caller] {
      const int parts = 1 + caller % kThreads;
      for (int i = 0; i < 200; ++i) {
        pool.Run(parts, [&](int) {
          const int now = ++running;
          int seen = most.load();
          while (seen < now && !most.compare_exchange_weak(seen, now)) {
          }
          ++parts_run;
          --running;
        });
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_LE(most.load(), kThreads);
  EXPECT_EQ(parts_run.load(), 2 * 200 * (1 + 2 + 3));
}

}  // namespace
}  // namespace lathe
