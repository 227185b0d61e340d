// Measures elapsed time by the monotonic clock.
#ifndef LATHE_ENGINE_BASE_STOPWATCH_H_
#define LATHE_ENGINE_BASE_STOPWATCH_H_

#include <chrono>

namespace lathe {

// Starts when it is made.
class Stopwatch {
 public:
  double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count(); }

 private:
  const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

}  // namespace lathe

#endif  // LATHE_ENGINE_BASE_STOPWATCH_H_
