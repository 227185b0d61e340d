// What the kernel says of this process.
// Source: proc(5).
#ifndef LATHE_SERVER_OBSERVABILITY_PROCESS_STATS_H_
#define LATHE_SERVER_OBSERVABILITY_PROCESS_STATS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace lathe {

struct ProcessStats {
  double cpu_seconds = 0;         // User and system time of all threads.
  double start_time_seconds = 0;  // Since 1970, to the kernel's clock tick.
  int64_t resident_bytes = 0;
  int64_t virtual_bytes = 0;
  int64_t threads = 0;
  int64_t open_fds = 0;
  int64_t max_fds = 0;  // The soft limit.
};

// Reads /proc of this process; empty where it cannot be read.
std::optional<ProcessStats> ReadProcessStats();

// The fields of /proc/PID/stat, whose times are in clock ticks and whose start is since boot; empty when malformed. The
// fds stay 0. `boot_time_seconds` is since 1970.
std::optional<ProcessStats> ParseProcessStat(absl::string_view stat, double boot_time_seconds);

}  // namespace lathe

#endif  // LATHE_SERVER_OBSERVABILITY_PROCESS_STATS_H_
