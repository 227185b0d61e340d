#include "kernels/isa/isa.h"

namespace lathe::kernels {

const char* Name(Isa isa) {
  switch (isa) {
    case Isa::kAny:
      return "any";
    case Isa::kAvx2:
      return "avx2";
    case Isa::kAvx512:
      return "avx512";
    case Isa::kAvx512Vnni:
      return "avx512_vnni";
    case Isa::kAvx512Bf16:
      return "avx512_bf16";
    case Isa::kNeon:
      return "neon";
  }
  return "unknown";
}

#if defined(__x86_64__)
bool MachineHas(Isa isa) {
  // The compiler's builtin looks at XCR0 too, so a system that does not save the wide registers counts as without them.
  static const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  static const bool avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                             __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  switch (isa) {
    case Isa::kAny:
      return true;
    case Isa::kAvx2:
      return avx2;
    case Isa::kAvx512:
      return avx512;
    case Isa::kAvx512Vnni:
      return avx512 && __builtin_cpu_supports("avx512vnni");
    case Isa::kAvx512Bf16:
      return avx512 && __builtin_cpu_supports("avx512bf16");
    case Isa::kNeon:
      return false;
  }
  return false;
}
#else
bool MachineHas(Isa isa) {
#if defined(__aarch64__)
  if (isa == Isa::kNeon) return true;  // Part of the base architecture.
#endif
  return isa == Isa::kAny;
}
#endif

}  // namespace lathe::kernels
