#include "engine/devices/cpu/cpu_device.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/devices/cpu/cpu_executable.h"
#include "engine/devices/cpu/plan.h"

namespace lathe::cpu {

absl::StatusOr<std::unique_ptr<Executable>> CpuDevice::Compile(const Graph& graph, const CompileOptions& options,
                                                               ThreadPool* pool) const {
  if (options.precision != Precision::kF32) {
    return absl::UnimplementedError(absl::StrCat("device cpu: precision ", Name(options.precision), ", wanted f32"));
  }
  ASSIGN_OR_RETURN(std::unique_ptr<Plan> plan, MakePlan(graph, options));
  return std::make_unique<CpuExecutable>(std::move(plan), pool);
}

}  // namespace lathe::cpu
