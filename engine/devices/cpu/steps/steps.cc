#include "engine/devices/cpu/steps/steps.h"

namespace lathe::cpu {

absl::Span<const StepFamily> StepFamilies() {
  static constexpr StepFamily kFamilies[] = {
      {"matmul", MakeMatmulStep},       {"embedding", MakeEmbeddingStep}, {"layer_norm", MakeLayerNormStep},
      {"attention", MakeAttentionStep}, {"gather", MakeGatherStep},       {"softmax", MakeSoftmaxStep},
      {"unary", MakeUnaryStep},         {"binary", MakeBinaryStep},       {"reference", MakeReferenceStep},
  };
  return kFamilies;
}

double TouchedBytes(const Step& step, const Extents& extents) {
  double bytes = static_cast<double>(step.packed_bytes());
  const auto add = [&](const Operand& operand) {
    bytes += static_cast<double>(operand.rows.Evaluate(extents) * operand.width * SizeOf(operand.dtype));
  };
  for (size_t i = 0; i < step.inputs.size(); ++i) {
    if (!step.Packs(i)) add(step.inputs[i]);
  }
  add(step.output);
  return bytes;
}

}  // namespace lathe::cpu
