// The list of devices.
#ifndef LATHE_ENGINE_DEVICES_REGISTRY_H_
#define LATHE_ENGINE_DEVICES_REGISTRY_H_

#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/runtime/device.h"

namespace lathe {

// Every device of this build, in the order of the list. They live as long as the process. Thread-safe.
std::vector<const Device*> Devices();

// Errors: NOT_FOUND, naming the devices there are.
absl::StatusOr<const Device*> FindDevice(absl::string_view name);

}  // namespace lathe

#endif  // LATHE_ENGINE_DEVICES_REGISTRY_H_
