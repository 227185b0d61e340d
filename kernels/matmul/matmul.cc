#include "kernels/matmul/matmul.h"

#include <array>

namespace lathe::kernels {

#define LATHE_MATMUL(candidate) extern const MatmulCandidate candidate;
#include "kernels/matmul/kernels.inc"
#undef LATHE_MATMUL

std::span<const MatmulCandidate> MatmulCandidates() {
  static const auto candidates = std::to_array<MatmulCandidate>({
#define LATHE_MATMUL(candidate) candidate,
#include "kernels/matmul/kernels.inc"
#undef LATHE_MATMUL
  });
  return candidates;
}

namespace {

const char* MissingIsa(Isa isa) {
  switch (isa) {
    case Isa::kAny:
      return "this machine lacks nothing";
    case Isa::kAvx2:
      return "this machine lacks avx2";
    case Isa::kAvx512:
      return "this machine lacks avx512";
    case Isa::kAvx512Vnni:
      return "this machine lacks avx512_vnni";
    case Isa::kAvx512Bf16:
      return "this machine lacks avx512_bf16";
    case Isa::kNeon:
      return "this machine lacks neon";
  }
  return "unknown instruction set";
}

}  // namespace

const char* Refusal(const MatmulCandidate& candidate, const MatmulProblem& problem) {
  if (!MachineHas(candidate.isa)) return MissingIsa(candidate.isa);
  return candidate.refuse(problem);
}

const MatmulCandidate& BestMatmul(const MatmulProblem& problem) {
  for (const MatmulCandidate& candidate : MatmulCandidates()) {
    if (Refusal(candidate, problem) == nullptr) return candidate;
  }
  return MatmulCandidates().back();
}

}  // namespace lathe::kernels
