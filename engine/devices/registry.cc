#include "engine/devices/registry.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/devices/cpu/cpu_device.h"

namespace lathe {

std::vector<const Device*> Devices() {
  static const auto* cpu = new cpu::CpuDevice;
  return {cpu};
}

absl::StatusOr<const Device*> FindDevice(absl::string_view name) {
  std::vector<absl::string_view> names;
  for (const Device* device : Devices()) {
    if (device->name() == name) return device;
    names.push_back(device->name());
  }
  return absl::NotFoundError(absl::StrCat("device: got ", name, ", wanted one of: ", absl::StrJoin(names, ", ")));
}

}  // namespace lathe
