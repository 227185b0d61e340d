// Runs a CPU plan over batches: checks the inputs, chooses a schedule, leases memory, and steps through the plan.
#ifndef LATHE_ENGINE_DEVICES_CPU_CPU_EXECUTABLE_H_
#define LATHE_ENGINE_DEVICES_CPU_CPU_EXECUTABLE_H_

#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "engine/base/mutex.h"
#include "engine/devices/cpu/plan.h"
#include "engine/devices/cpu/schedule.h"
#include "engine/runtime/device.h"
#include "engine/runtime/page_buffer.h"

namespace lathe::cpu {

class CpuExecutable final : public Executable {
 public:
  CpuExecutable(std::unique_ptr<Plan> plan, ThreadPool* pool) : plan_(std::move(plan)), pool_(*pool) {}

  absl::Status Run(const Execution& execution) const override;
  const Graph& graph() const override { return plan_->graph; }
  absl::Span<const StageRecord> stages() const override { return plan_->stages; }
  int64_t arena_bytes(const Extents& extents, int64_t longest) const override;
  int64_t weight_bytes() const override { return plan_->constants->size(); }
  absl::StatusOr<std::vector<StepRecord>> Explain(const Execution* execution) const override;

  // As Run, by a schedule that the caller chose and with inputs that it vouches for.
  absl::Status RunScheduled(const Execution& execution, const Schedule& schedule) const;

 private:
  class Lease;
  absl::Status Check(const Execution& execution) const;
  absl::Span<const int32_t> CuSeqlens(const Execution& execution) const;
  Schedule ScheduleFor(const Execution& execution) const;
  absl::StatusOr<std::unique_ptr<PageBuffer>> TakeArena(int64_t bytes) const;
  void GiveBack(std::unique_ptr<PageBuffer> arena) const;

  const std::unique_ptr<const Plan> plan_;
  ThreadPool& pool_;
  mutable Mutex mutex_;
  // Arenas of finished runs, for the next ones: as many as runs were ever under way at once.
  mutable std::vector<std::unique_ptr<PageBuffer>> arenas_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace lathe::cpu

#endif  // LATHE_ENGINE_DEVICES_CPU_CPU_EXECUTABLE_H_
