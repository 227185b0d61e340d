// Settings from the environment and from flags, named after their keys.
//
//   key grpc.address   environment variable LATHE_GRPC_ADDRESS   flag --grpc-address=HOST:PORT
#ifndef LATHE_SERVER_CONFIG_FLAGS_H_
#define LATHE_SERVER_CONFIG_FLAGS_H_

#include <functional>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "server/config/setting.h"

namespace lathe {

// Looks a variable up; empty where it is not set.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

// The process's own environment. Requires: no thread calls setenv.
Environment ProcessEnvironment();

std::string FlagName(absl::string_view key);         // "--grpc-address"
std::string EnvironmentName(absl::string_view key);  // "LATHE_GRPC_ADDRESS"

// Stores the variables that are set. Others that begin with LATHE_ are left alone: Kubernetes makes such variables
// itself for a Service named lathe.
// Errors: INVALID_ARGUMENT, "LATHE_THREADS: got "x", wanted an integer from 0 to 1024".
absl::Status ReadEnvironment(absl::Span<const Setting> settings, const Environment& environment);

// Stores flags, `--name=value` or `--name value`; a boolean alone is true; of a flag given twice the last one counts.
// Errors: INVALID_ARGUMENT (an unknown flag, with a suggestion; an argument that is no flag; a value missing or bad).
absl::Status ReadFlags(absl::Span<const Setting> settings, absl::Span<const std::string> arguments);

// Help text, one paragraph per setting: flag, variable, default, meaning.
std::string DescribeFlags(absl::Span<const Setting> settings);

}  // namespace lathe

#endif  // LATHE_SERVER_CONFIG_FLAGS_H_
