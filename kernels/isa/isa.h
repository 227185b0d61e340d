// Instruction sets: which a kernel variant needs, which this machine has, and the list from which the best is taken.
//
// One binary holds every variant; only `<isa>.cc` files are compiled with an instruction set's flags, so they include
// nothing that defines shared inline functions (the linker could pick their copy for code that runs everywhere).
#ifndef LATHE_KERNELS_ISA_ISA_H_
#define LATHE_KERNELS_ISA_ISA_H_

#include <span>

namespace lathe::kernels {

// What a variant needs. kAvx2 means AVX2 with FMA; kAvx512 means F, BW, DQ and VL.
enum class Isa { kAny, kAvx2, kAvx512, kAvx512Vnni, kAvx512Bf16, kNeon };

// "any", "avx2", "avx512", ...
const char* Name(Isa isa);

// Whether this machine, and its operating system's register saving, can run code that needs `isa`. Thread-safe, cheap.
bool MachineHas(Isa isa);

// One row of a kernel family's kernels.inc: a function and what it needs. Rows stand best first, the reference last.
template <typename Function>
struct Variant {
  const char* name;
  Isa isa;
  Function* run;
};

// The first row that this machine can run. Requires: a row that runs anywhere.
template <typename Function>
const Variant<Function>& BestVariant(std::span<const Variant<Function>> variants) {
  for (const Variant<Function>& variant : variants) {
    if (MachineHas(variant.isa)) return variant;
  }
  return variants.back();
}

}  // namespace lathe::kernels

#endif  // LATHE_KERNELS_ISA_ISA_H_
