#include "kernels/layer_norm/layer_norm.h"

namespace lathe::kernels {

#define LATHE_LAYER_NORM(name, isa, function) LayerNormFunction function;
#include "kernels/layer_norm/kernels.inc"
#undef LATHE_LAYER_NORM

std::span<const Variant<LayerNormFunction>> LayerNormVariants() {
  static constexpr Variant<LayerNormFunction> kVariants[] = {
#define LATHE_LAYER_NORM(name, isa, function) {#name, Isa::isa, function},
#include "kernels/layer_norm/kernels.inc"
#undef LATHE_LAYER_NORM
  };
  return kVariants;
}

}  // namespace lathe::kernels
