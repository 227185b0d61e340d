// The CPU: own and library kernels, chosen for the instruction sets of the machine, on the process's thread pool.
#ifndef LATHE_ENGINE_DEVICES_CPU_CPU_DEVICE_H_
#define LATHE_ENGINE_DEVICES_CPU_CPU_DEVICE_H_

#include <memory>

#include "engine/runtime/device.h"

namespace lathe::cpu {

class CpuDevice final : public Device {
 public:
  absl::string_view name() const override { return "cpu"; }
  absl::StatusOr<std::unique_ptr<Executable>> Compile(const Graph& graph, const CompileOptions& options,
                                                      ThreadPool* pool) const override;
};

}  // namespace lathe::cpu

#endif  // LATHE_ENGINE_DEVICES_CPU_CPU_DEVICE_H_
