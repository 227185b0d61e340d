// How many CPUs this process may use: what the scheduler allows it, not how many the machine has.
#ifndef LATHE_ENGINE_RUNTIME_CPU_COUNT_H_
#define LATHE_ENGINE_RUNTIME_CPU_COUNT_H_

#include <optional>
#include <string>

namespace lathe {

// The CPU time per second that the process's cgroup, and those above it, allow: the smallest quota over period, 1.5 for
// one and a half CPUs; empty where there is no limit or no cgroup. Reads cgroup v2's cpu.max and v1's cpu.cfs_quota_us
// and cpu.cfs_period_us below `root`; unreadable or malformed files count as no limit.
// Source: Linux, Documentation/admin-guide/cgroup-v2.rst and Documentation/scheduler/sched-bwc.rst.
std::optional<double> CgroupCpuQuota(const std::string& root = "/");

// The number of threads worth running: the CPUs of the affinity mask, but no more than the quota, rounded up. At
// least 1.
int UsableCpuCount(const std::string& root = "/");

}  // namespace lathe

#endif  // LATHE_ENGINE_RUNTIME_CPU_COUNT_H_
