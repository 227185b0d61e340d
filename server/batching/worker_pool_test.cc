#include "server/batching/worker_pool.h"

#include <atomic>
#include <future>
#include <string>

#include "gtest/gtest.h"

namespace lathe {
namespace {

TEST(WorkerPoolTest, FinishesGoBeforeStarts) {
  std::string order;
  std::promise<void> hold;
  {
    WorkerPool pool(1);
    pool.ScheduleStart([&hold] { hold.get_future().wait(); });
    pool.ScheduleStart([&order] { order += "s"; });
    pool.ScheduleFinish([&order] { order += "f"; });
    pool.ScheduleFinish([&order] { order += "f"; });
    hold.set_value();
  }
  // The first start may have been overtaken by the finishes too; it leaves no letter.
  EXPECT_EQ(order, "ffs");
}

TEST(WorkerPoolTest, RunsEverythingBeforeItEnds) {
  std::atomic<int> done{0};
  {
    WorkerPool pool(3);
    for (int i = 0; i < 1000; ++i) pool.ScheduleStart([&done] { ++done; });
  }
  EXPECT_EQ(done, 1000);
}

}  // namespace
}  // namespace lathe
