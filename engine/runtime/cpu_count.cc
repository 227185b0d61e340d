#include "engine/runtime/cpu_count.h"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace lathe {
namespace {

// Where a process stands in one hierarchy of control groups.
struct Membership {
  bool v2 = false;
  std::string group;  // "/" or "/a/b", below the hierarchy's mount point.
};

// Files of /proc and /sys have no size, so they are read to their end. Empty where they cannot be.
std::string ReadKernelFile(const std::string& path) {
  std::ifstream file(path);
  std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  absl::string_view stripped = absl::StripAsciiWhitespace(text);
  return std::string(stripped);
}

// Lines of /proc/self/cgroup are "ID:CONTROLLERS:GROUP"; version 2's is "0::GROUP".
std::vector<Membership> Memberships(const std::string& root) {
  std::vector<Membership> memberships;
  const std::string text = ReadKernelFile(root + "/proc/self/cgroup");
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    const std::vector<std::string> fields = absl::StrSplit(line, absl::MaxSplits(':', 2));
    if (fields.size() != 3) continue;
    const std::vector<absl::string_view> controllers = absl::StrSplit(fields[1], ',');
    const bool cpu = std::find(controllers.begin(), controllers.end(), "cpu") != controllers.end();
    if (fields[1].empty() || cpu) memberships.push_back({fields[1].empty(), fields[2]});
  }
  return memberships;
}

std::optional<double> Ratio(absl::string_view quota, absl::string_view period) {
  double quota_us = 0;
  double period_us = 0;
  if (!absl::SimpleAtod(quota, &quota_us) || !absl::SimpleAtod(period, &period_us)) return std::nullopt;
  if (!(quota_us > 0) || !(period_us > 0)) return std::nullopt;  // -1: no limit.
  return quota_us / period_us;
}

// The quota of the one group whose files are in `folder`.
std::optional<double> QuotaOf(const std::string& folder, bool v2) {
  if (!v2) return Ratio(ReadKernelFile(folder + "/cpu.cfs_quota_us"), ReadKernelFile(folder + "/cpu.cfs_period_us"));
  const std::vector<std::string> words = absl::StrSplit(ReadKernelFile(folder + "/cpu.max"), ' ');
  if (words.size() != 2) return std::nullopt;
  return Ratio(words[0], words[1]);  // "max 100000": no limit, and no number.
}

std::optional<double> Smaller(std::optional<double> a, std::optional<double> b) {
  if (!a || !b) return a ? a : b;
  return std::min(*a, *b);
}

// Every group from the process's own up to the mount point can limit it. Inside a container the mount point is often
// the container's own group, while the path is the host's: groups that are not there are passed over.
std::optional<double> QuotaOfGroupAndParents(const std::string& mount, const Membership& membership) {
  std::optional<double> smallest = QuotaOf(mount, membership.v2);
  for (std::string group = membership.group; group.size() > 1; group.resize(group.rfind('/'))) {
    if (!absl::StartsWith(group, "/")) break;
    smallest = Smaller(smallest, QuotaOf(mount + group, membership.v2));
  }
  return smallest;
}

int AffinityCpus() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof(set), &set) == 0) return CPU_COUNT(&set);
  // The machine has more CPUs than cpu_set_t holds.
  return static_cast<int>(std::max(1L, sysconf(_SC_NPROCESSORS_ONLN)));
}

}  // namespace

std::optional<double> CgroupCpuQuota(const std::string& root) {
  const std::string cgroups = root + "/sys/fs/cgroup";
  std::optional<double> smallest;
  for (const Membership& membership : Memberships(root)) {
    // Version 2 is mounted at the top, or under "unified" beside version 1.
    const std::vector<std::string> mounts = membership.v2
                                                ? std::vector<std::string>{cgroups, cgroups + "/unified"}
                                                : std::vector<std::string>{cgroups + "/cpu", cgroups + "/cpu,cpuacct"};
    for (const std::string& mount : mounts) smallest = Smaller(smallest, QuotaOfGroupAndParents(mount, membership));
  }
  return smallest;
}

int UsableCpuCount(const std::string& root) {
  const int affinity = AffinityCpus();
  const std::optional<double> quota = CgroupCpuQuota(root);
  if (!quota || *quota >= affinity) return affinity;
  return std::max(1, static_cast<int>(std::ceil(*quota)));
}

}  // namespace lathe
