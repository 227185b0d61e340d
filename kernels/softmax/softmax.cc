#include "kernels/softmax/softmax.h"

namespace lathe::kernels {

#define LATHE_SOFTMAX(name, isa, function) SoftmaxFunction function;
#include "kernels/softmax/kernels.inc"
#undef LATHE_SOFTMAX

std::span<const Variant<SoftmaxFunction>> SoftmaxVariants() {
  static constexpr Variant<SoftmaxFunction> kVariants[] = {
#define LATHE_SOFTMAX(name, isa, function) {#name, Isa::isa, function},
#include "kernels/softmax/kernels.inc"
#undef LATHE_SOFTMAX
  };
  return kVariants;
}

}  // namespace lathe::kernels
