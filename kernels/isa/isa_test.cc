#include "kernels/isa/isa.h"

#include <array>
#include <fstream>
#include <string>

#include "gtest/gtest.h"

namespace lathe::kernels {
namespace {

int One() { return 1; }
int Two() { return 2; }

TEST(Isa, AgreesWithWhatTheKernelReports) {
  std::ifstream file("/proc/cpuinfo");
  const std::string info{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const auto has = [&](const char* flag) { return info.find(std::string(" ") + flag + " ") != std::string::npos; };
  EXPECT_EQ(MachineHas(Isa::kAvx2), has("avx2") && has("fma"));
  EXPECT_EQ(MachineHas(Isa::kAvx512),
            has("avx512f") && has("avx512bw") && has("avx512dq") && has("avx512vl") && has("avx2"));
  EXPECT_EQ(MachineHas(Isa::kAvx512Vnni), MachineHas(Isa::kAvx512) && has("avx512_vnni"));
  EXPECT_TRUE(MachineHas(Isa::kAny));
}

TEST(Isa, TheFirstRunnableRowIsTaken) {
  const Isa absent = MachineHas(Isa::kNeon) ? Isa::kAvx2 : Isa::kNeon;
  const std::array<Variant<int()>, 2> variants = {{{"absent", absent, One}, {"reference", Isa::kAny, Two}}};
  EXPECT_EQ(BestVariant(std::span<const Variant<int()>>(variants)).run(), 2);
}

}  // namespace
}  // namespace lathe::kernels
