// What the test and the bench share: aligned memory, and one prepared candidate with everything that a call needs.
#ifndef LATHE_KERNELS_MATMUL_MATMUL_TESTING_H_
#define LATHE_KERNELS_MATMUL_MATMUL_TESTING_H_

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "kernels/matmul/matmul.h"

namespace lathe::kernels {

struct Free {
  void operator()(void* memory) const { std::free(memory); }
};
using AlignedBytes = std::unique_ptr<void, Free>;

// At least `bytes`, aligned to `alignment`, a power of two. Uninitialised.
inline AlignedBytes AllocateAligned(int64_t bytes, int64_t alignment = 64) {
  const int64_t rounded = (std::max<int64_t>(bytes, 1) + alignment - 1) / alignment * alignment;
  return AlignedBytes(std::aligned_alloc(static_cast<size_t>(alignment), static_cast<size_t>(rounded)));
}

// A candidate with its packed weights and one scratch.
struct Packed {
  Packed(const MatmulCandidate& candidate, const MatmulProblem& problem, const std::vector<float>& w)
      : packed(AllocateAligned(candidate.packed_bytes(problem))),
        matmul(candidate.prepare(problem, w.data(), packed.get())),
        scratch(AllocateAligned(matmul->scratch_bytes())) {}

  AlignedBytes packed;
  std::unique_ptr<PreparedMatmul> matmul;
  AlignedBytes scratch;
};

// "avx512 2048x768x3072"
inline std::string Describe(const MatmulCandidate& candidate, int64_t m, const MatmulProblem& problem) {
  return std::string(candidate.name) + " " + std::to_string(m) + "x" + std::to_string(problem.n) + "x" +
         std::to_string(problem.k);
}

}  // namespace lathe::kernels

#endif  // LATHE_KERNELS_MATMUL_MATMUL_TESTING_H_
