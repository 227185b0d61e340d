// A compiled model on the CPU: constants packed for the machine, an ordered list of steps, one arena layout.
#ifndef LATHE_ENGINE_DEVICES_CPU_PLAN_H_
#define LATHE_ENGINE_DEVICES_CPU_PLAN_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/devices/cpu/id_limits.h"
#include "engine/devices/cpu/operand.h"
#include "engine/devices/cpu/step.h"
#include "engine/ir/graph.h"
#include "engine/runtime/device.h"
#include "engine/runtime/page_buffer.h"

namespace lathe::cpu {

struct PlannedStep {
  std::unique_ptr<Step> step;
  StepRecord record;  // Without figures of a run.
};

// Immutable once made.
struct Plan {
  Graph graph{""};  // After the passes; the steps compute its nodes.
  std::vector<PlannedStep> steps;
  std::vector<Operand> outputs;
  Dim arena_bytes;
  std::unique_ptr<PageBuffer> constants;
  int64_t packed_bytes =
      0;  // Of the constants, those that every batch streams; of embedding tables it reads a few rows.
  std::vector<IdLimit> id_limits;
  // Which graph inputs are cu_seqlens (type i32[N+1]).
  std::vector<size_t> cu_seqlens_inputs;
  // Whether every row is computed from rows of its own sequence alone, so that a batch may be cut between sequences.
  bool separable = false;
  std::vector<StageRecord> stages;

  int64_t scratch_bytes(int64_t longest) const;  // Of one thread.
};

// Runs the passes and the stages after them: select_kernels, plan_memory, pack_constants.
absl::StatusOr<std::unique_ptr<Plan>> MakePlan(const Graph& graph, const CompileOptions& options);

}  // namespace lathe::cpu

#endif  // LATHE_ENGINE_DEVICES_CPU_PLAN_H_
