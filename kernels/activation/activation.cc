#include "kernels/activation/activation.h"

namespace lathe::kernels {

#define LATHE_ACTIVATION(name, isa, unary, binary) \
  UnaryFunction unary;                             \
  BinaryFunction binary;
#include "kernels/activation/kernels.inc"
#undef LATHE_ACTIVATION

std::span<const Variant<UnaryFunction>> UnaryVariants() {
  static constexpr Variant<UnaryFunction> kVariants[] = {
#define LATHE_ACTIVATION(name, isa, unary, binary) {#name, Isa::isa, unary},
#include "kernels/activation/kernels.inc"
#undef LATHE_ACTIVATION
  };
  return kVariants;
}

std::span<const Variant<BinaryFunction>> BinaryVariants() {
  static constexpr Variant<BinaryFunction> kVariants[] = {
#define LATHE_ACTIVATION(name, isa, unary, binary) {#name, Isa::isa, binary},
#include "kernels/activation/kernels.inc"
#undef LATHE_ACTIVATION
  };
  return kVariants;
}

}  // namespace lathe::kernels
