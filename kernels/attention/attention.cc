#include "kernels/attention/attention.h"

namespace lathe::kernels {

#define LATHE_ATTENTION(name, isa, function) AttentionFunction function;
#include "kernels/attention/kernels.inc"
#undef LATHE_ATTENTION

std::span<const Variant<AttentionFunction>> AttentionVariants() {
  static constexpr Variant<AttentionFunction> kVariants[] = {
#define LATHE_ATTENTION(name, isa, function) {#name, Isa::isa, function},
#include "kernels/attention/kernels.inc"
#undef LATHE_ATTENTION
  };
  return kVariants;
}

// Keys and values of one head with both extents rounded up to whole vectors, and the scores of one block of queries.
// The bound holds for every variant: vectors of at most 16 elements, blocks of at most 8 queries, rows of scores one
// vector longer than the keys (see kernels/attention/blocked.inc).
size_t AttentionScratchBytes(int64_t longest_sequence, int64_t head_dim) {
  constexpr int64_t kLanesMax = 16, kQueriesMax = 8;
  const int64_t elements_per_token = 2 * (head_dim + kLanesMax) + kQueriesMax;
  return static_cast<size_t>((longest_sequence + 2 * kLanesMax) * elements_per_token) * sizeof(float);
}

}  // namespace lathe::kernels
