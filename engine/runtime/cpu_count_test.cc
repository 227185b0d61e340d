#include "engine/runtime/cpu_count.h"

#include <sched.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace lathe {
namespace {

using ::testing::Eq;
using ::testing::Optional;

// A root folder that holds just the files that a test writes.
class CpuCountTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    root_ = testing::TempDir() + "cpu_count_test." + info->name();
    std::filesystem::remove_all(root_);
    std::filesystem::create_directories(root_);
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  void Write(const std::string& path, const std::string& text) {
    const std::filesystem::path file = root_ + path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
  }

  std::string root_;
};

TEST_F(CpuCountTest, NoCgroupIsNoLimit) { EXPECT_THAT(CgroupCpuQuota(root_), Eq(std::nullopt)); }

TEST_F(CpuCountTest, ReadsTheQuotaOfVersion2) {
  Write("/proc/self/cgroup", "0::/system.slice/lathed.service\n");
  Write("/sys/fs/cgroup/system.slice/lathed.service/cpu.max", "150000 100000\n");
  EXPECT_THAT(CgroupCpuQuota(root_), Optional(1.5));
}

TEST_F(CpuCountTest, MaxIsNoLimit) {
  Write("/proc/self/cgroup", "0::/\n");
  Write("/sys/fs/cgroup/cpu.max", "max 100000\n");
  EXPECT_THAT(CgroupCpuQuota(root_), Eq(std::nullopt));
}

TEST_F(CpuCountTest, TheSmallestQuotaOnTheWayUpCounts) {
  Write("/proc/self/cgroup", "0::/pods/pod1/container\n");
  Write("/sys/fs/cgroup/pods/pod1/container/cpu.max", "max 100000\n");
  Write("/sys/fs/cgroup/pods/pod1/cpu.max", "300000 100000\n");
  Write("/sys/fs/cgroup/pods/cpu.max", "800000 100000\n");
  EXPECT_THAT(CgroupCpuQuota(root_), Optional(3.0));
}

// The path is the host's, but only the container's own group is mounted.
TEST_F(CpuCountTest, FindsTheQuotaAtTheMountPointInsideAContainer) {
  Write("/proc/self/cgroup", "0::/kubepods/pod1/abc\n");
  Write("/sys/fs/cgroup/cpu.max", "50000 100000\n");
  EXPECT_THAT(CgroupCpuQuota(root_), Optional(0.5));
}

TEST_F(CpuCountTest, ReadsTheQuotaOfVersion1) {
  Write("/proc/self/cgroup", "12:memory:/docker/abc\n4:cpu,cpuacct:/docker/abc\n0::/docker/abc\n");
  Write("/sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_quota_us", "250000\n");
  Write("/sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_period_us", "100000\n");
  EXPECT_THAT(CgroupCpuQuota(root_), Optional(2.5));
}

TEST_F(CpuCountTest, MinusOneIsNoLimitInVersion1) {
  Write("/proc/self/cgroup", "4:cpu:/\n");
  Write("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n");
  Write("/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
  EXPECT_THAT(CgroupCpuQuota(root_), Eq(std::nullopt));
}

TEST_F(CpuCountTest, MalformedFilesAreNoLimit) {
  Write("/proc/self/cgroup", "rubbish\n0:\n0::relative\n::\n");
  for (const char* text : {"", "1", "1 2 3", "-5 100000", "100000 0", "nan 100000", "a b"}) {
    Write("/sys/fs/cgroup/cpu.max", text);
    EXPECT_THAT(CgroupCpuQuota(root_), Eq(std::nullopt)) << text;
  }
}

TEST_F(CpuCountTest, TheQuotaIsRoundedUpAndTheAffinityMaskIsTheMost) {
  cpu_set_t set;
  ASSERT_EQ(sched_getaffinity(0, sizeof(set), &set), 0);
  EXPECT_EQ(UsableCpuCount(root_), CPU_COUNT(&set));
  Write("/proc/self/cgroup", "0::/\n");
  Write("/sys/fs/cgroup/cpu.max", "20000 100000\n");
  EXPECT_EQ(UsableCpuCount(root_), 1);
  Write("/sys/fs/cgroup/cpu.max", "100001 100000\n");
  EXPECT_EQ(UsableCpuCount(root_), std::min(2, CPU_COUNT(&set)));
  Write("/sys/fs/cgroup/cpu.max", "1e12 1");
  EXPECT_EQ(UsableCpuCount(root_), CPU_COUNT(&set));
}

TEST(ThisMachineTest, HasAtLeastOneCpu) { EXPECT_GE(UsableCpuCount(), 1); }

}  // namespace
}  // namespace lathe
