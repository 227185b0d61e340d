// The time that the server goes by. Everything that reads it takes a Clock, so that tests decide what time it is.
#ifndef LATHE_SERVER_BATCHING_CLOCK_H_
#define LATHE_SERVER_BATCHING_CLOCK_H_

#include <chrono>

namespace lathe {

using TimePoint = std::chrono::steady_clock::time_point;
using Duration = std::chrono::steady_clock::duration;

inline constexpr TimePoint kNoDeadline = TimePoint::max();

inline double Seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual TimePoint Now() const = 0;
};

// The machine's monotonic clock.
class SteadyClock final : public Clock {
 public:
  TimePoint Now() const override { return std::chrono::steady_clock::now(); }
};

}  // namespace lathe

#endif  // LATHE_SERVER_BATCHING_CLOCK_H_
