#include "server/observability/process_stats.h"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"

namespace lathe {
namespace {

// Places in /proc/PID/stat after the program's name in parentheses, which may itself hold anything. Field 3 of proc(5)
// is place 0.
constexpr size_t kUserTicks = 11;
constexpr size_t kSystemTicks = 12;
constexpr size_t kThreads = 17;
constexpr size_t kStartTicks = 19;
constexpr size_t kVirtualBytes = 20;
constexpr size_t kResidentPages = 21;
constexpr size_t kFieldsMin = 22;

// Files in /proc have no size, so they are read to their end.
std::string ReadProc(const char* path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// The "btime" line of /proc/stat; 0 where there is none.
double BootTimeSeconds() {
  double seconds = 0;
  for (absl::string_view line : absl::StrSplit(ReadProc("/proc/stat"), '\n')) {
    const std::vector<absl::string_view> words = absl::StrSplit(line, ' ');
    if (words.size() == 2 && words[0] == "btime" && absl::SimpleAtod(words[1], &seconds)) break;
  }
  return seconds;
}

int64_t CountOpenFds() {
  std::error_code error;
  int64_t count = -1;  // The iterator holds one itself.
  std::filesystem::directory_iterator entries("/proc/self/fd", error);
  for (; !error && entries != std::filesystem::directory_iterator(); entries.increment(error)) ++count;
  return count < 0 ? 0 : count;
}

int64_t MaxFds() {
  rlimit limit = {};
  return getrlimit(RLIMIT_NOFILE, &limit) == 0 ? static_cast<int64_t>(limit.rlim_cur) : 0;
}

}  // namespace

std::optional<ProcessStats> ParseProcessStat(absl::string_view stat, double boot_time_seconds) {
  const size_t name_end = stat.rfind(") ");
  if (name_end == absl::string_view::npos) return std::nullopt;
  const std::vector<absl::string_view> fields = absl::StrSplit(stat.substr(name_end + 2), ' ');
  if (fields.size() < kFieldsMin) return std::nullopt;
  ProcessStats stats;
  int64_t user = 0, system = 0, start = 0, pages = 0;
  const bool parsed =
      absl::SimpleAtoi(fields[kUserTicks], &user) && absl::SimpleAtoi(fields[kSystemTicks], &system) &&
      absl::SimpleAtoi(fields[kThreads], &stats.threads) && absl::SimpleAtoi(fields[kStartTicks], &start) &&
      absl::SimpleAtoi(fields[kVirtualBytes], &stats.virtual_bytes) && absl::SimpleAtoi(fields[kResidentPages], &pages);
  if (!parsed) return std::nullopt;
  const double ticks_per_second = static_cast<double>(sysconf(_SC_CLK_TCK));
  stats.cpu_seconds = static_cast<double>(user + system) / ticks_per_second;
  stats.start_time_seconds = boot_time_seconds + static_cast<double>(start) / ticks_per_second;
  stats.resident_bytes = pages * sysconf(_SC_PAGESIZE);
  return stats;
}

std::optional<ProcessStats> ReadProcessStats() {
  static const double boot_time_seconds = BootTimeSeconds();
  std::optional<ProcessStats> stats = ParseProcessStat(ReadProc("/proc/self/stat"), boot_time_seconds);
  if (!stats) return std::nullopt;
  stats->open_fds = CountOpenFds();
  stats->max_fds = MaxFds();
  return stats;
}

}  // namespace lathe
