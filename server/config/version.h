// The version of this build.
#ifndef LATHE_SERVER_CONFIG_VERSION_H_
#define LATHE_SERVER_CONFIG_VERSION_H_

#include "absl/strings/string_view.h"

namespace lathe {

// "0.1.0": the version of the CMake project.
absl::string_view Version();

}  // namespace lathe

#endif  // LATHE_SERVER_CONFIG_VERSION_H_
