// A step of a CPU plan: one op or one fusion, bound to the kernel that computes it.
#ifndef LATHE_ENGINE_DEVICES_CPU_STEP_H_
#define LATHE_ENGINE_DEVICES_CPU_STEP_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/devices/cpu/operand.h"
#include "engine/ir/graph.h"
#include "engine/runtime/device.h"

namespace lathe::cpu {

// Arithmetic and memory traffic of a step, for explanations; not what the scheduler decides by.
struct Work {
  double flops = 0;
  double bytes = 0;
};

// Made by a family in steps/; the compiler then lets it pack its constants and binds its operands. Immutable after, so
// any number of threads may run it.
class Step {
 public:
  virtual ~Step() = default;

  // "matmul/avx512".
  virtual std::string kernel() const = 0;

  // Whether input `i`, a constant, is packed by this step, so that nobody keeps it as it is.
  virtual bool Packs(size_t i) const { return false; }
  virtual int64_t packed_bytes() const { return 0; }
  // Reads the constants that it packs and writes packed_bytes() to `memory`, aligned to 64 bytes and kept by the plan.
  virtual absl::Status Pack(void* memory) { return absl::OkStatus(); }

  // Scratch memory of each thread that runs this step, the longest sequence being `longest`.
  virtual int64_t scratch_bytes(int64_t longest) const { return 0; }
  // Whether the result may be written over input `i`, whose rows lie the same way.
  virtual bool MayOverwrite(size_t i) const { return false; }

  // Computes part `part` of `parts`; together they compute the whole result, and the bits do not depend on `parts`.
  virtual void Run(const Frame& frame, int part, int parts, void* scratch) const = 0;

  virtual Work work(const Extents& extents) const = 0;

  // Set by the compiler before the first Run.
  std::vector<Operand> inputs;
  Operand output;
};

// What a family is asked: a step for this node.
struct StepRequest {
  const Node& node;
  // The op, or the canonical form of what a fusion holds: "gelu(linear(a, b, c))".
  const std::string& form;
  // Kernels that were looked at are added here, the one taken last and without a refusal.
  std::vector<CandidateRecord>* candidates;
};

// Returns null when the node is not of the family's forms, or no kernel of it can run here.
using MakeStep = std::unique_ptr<Step> (*)(const StepRequest& request);

// A row of the list in steps/steps.cc.
struct StepFamily {
  absl::string_view name;
  MakeStep make;
};

}  // namespace lathe::cpu

#endif  // LATHE_ENGINE_DEVICES_CPU_STEP_H_
