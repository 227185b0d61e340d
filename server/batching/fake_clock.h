// A clock that stands still until a test moves it.
#ifndef LATHE_SERVER_BATCHING_FAKE_CLOCK_H_
#define LATHE_SERVER_BATCHING_FAKE_CLOCK_H_

#include <atomic>

#include "server/batching/clock.h"

namespace lathe {

// Thread-safe.
class FakeClock final : public Clock {
 public:
  TimePoint Now() const override { return TimePoint(Duration(ticks_.load())); }
  void Advance(Duration duration) { ticks_ += duration.count(); }

 private:
  std::atomic<Duration::rep> ticks_{Duration(std::chrono::hours(1)).count()};
};

}  // namespace lathe

#endif  // LATHE_SERVER_BATCHING_FAKE_CLOCK_H_
