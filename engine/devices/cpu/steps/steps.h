// The list of step families: who may compute a node on the CPU, best first.
#ifndef LATHE_ENGINE_DEVICES_CPU_STEPS_STEPS_H_
#define LATHE_ENGINE_DEVICES_CPU_STEPS_STEPS_H_

#include <memory>
#include <span>

#include "absl/types/span.h"
#include "engine/devices/cpu/step.h"
#include "kernels/isa/isa.h"

namespace lathe::cpu {

absl::Span<const StepFamily> StepFamilies();

std::unique_ptr<Step> MakeMatmulStep(const StepRequest& request);
std::unique_ptr<Step> MakeEmbeddingStep(const StepRequest& request);
std::unique_ptr<Step> MakeLayerNormStep(const StepRequest& request);
std::unique_ptr<Step> MakeAttentionStep(const StepRequest& request);
std::unique_ptr<Step> MakeGatherStep(const StepRequest& request);
std::unique_ptr<Step> MakeSoftmaxStep(const StepRequest& request);
std::unique_ptr<Step> MakeUnaryStep(const StepRequest& request);
std::unique_ptr<Step> MakeBinaryStep(const StepRequest& request);
// Computes any single op by its reference evaluation: slow, and there for every graph that verifies.
std::unique_ptr<Step> MakeReferenceStep(const StepRequest& request);

// The first variant that this machine runs; each one looked at is recorded as "family/name".
template <typename Function>
const kernels::Variant<Function>& ChooseVariant(absl::string_view family,
                                                std::span<const kernels::Variant<Function>> variants,
                                                std::vector<CandidateRecord>* candidates) {
  for (const kernels::Variant<Function>& variant : variants) {
    const bool runs = kernels::MachineHas(variant.isa);
    candidates->push_back({absl::StrCat(family, "/", variant.name),
                           runs ? "" : absl::StrCat("this machine lacks ", kernels::Name(variant.isa))});
    if (runs) return variant;
  }
  return variants.back();
}

// Bytes of the values that a step reads and writes, its packed constants included.
double TouchedBytes(const Step& step, const Extents& extents);

}  // namespace lathe::cpu

#endif  // LATHE_ENGINE_DEVICES_CPU_STEPS_STEPS_H_
