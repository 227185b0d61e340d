// The server's own configuration, and the command line of lathed.
//
// Every setting is one row of ServerSettings() and so has a key, an environment variable and a flag:
// `grpc.address` in the file, LATHE_GRPC_ADDRESS, --grpc-address=. A flag overrides the environment, which overrides
// the file, which overrides the default.
#ifndef LATHE_SERVER_CONFIG_SERVER_CONFIG_H_
#define LATHE_SERVER_CONFIG_SERVER_CONFIG_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "server/config/flags.h"
#include "server/config/setting.h"
#include "server/observability/log.h"

namespace lathe {

// A plain value. The initialisers are the defaults of the keys with the same names.
struct ServerConfig {
  struct Grpc {
    std::string address = "127.0.0.1:50051";
    bool reflection = true;
  };
  struct Http {
    std::string address = "127.0.0.1:8080";  // Empty: no HTTP server.
  };
  struct Models {
    std::string folder =
        "models";  // Of manifests. Resolved: relative to the file in the file, else to where lathed runs.
  };
  struct Limits {
    int64_t max_message_bytes = 4194304;  // gRPC's own default.
    int64_t max_concurrent_calls = 16384;
    int64_t max_streams_per_connection = 1024;
  };
  struct Drain {
    int64_t seconds = 25;  // Kubernetes kills after 30 unless told otherwise.
  };

  Grpc grpc;
  Http http;
  Models models;
  int64_t threads =
      0;  // 0: as many CPUs as the cgroup's quota and the affinity mask allow (engine/runtime/cpu_count.h).
  LogOptions log;
  Limits limits;
  Drain drain;
};

// The settings of the server, each bound to its member of `config`, which must outlive them.
std::vector<Setting> ServerSettings(ServerConfig& config);

// Reads a configuration file alone: no environment, no flags. Touches no other file.
// Errors: as ReadFile and ReadYaml.
absl::StatusOr<ServerConfig> LoadServerConfig(const std::string& file);

// What lathed was asked to do.
struct Invocation {
  enum class Action { kServe, kCheckConfig, kHelp, kVersion };

  Action action = Action::kServe;
  std::string config_file;
  ServerConfig config;  // Of kServe and kCheckConfig.
};

// Takes the arguments (without the program's name) and the environment, reads the configuration file that they name
// (--config= or LATHE_CONFIG) and applies them over it.
// Errors: INVALID_ARGUMENT (an unknown flag, with a suggestion; a bad value; no configuration file named), else as
// LoadServerConfig.
absl::StatusOr<Invocation> ParseInvocation(absl::Span<const std::string> arguments, const Environment& environment);

// What `lathed --help` prints.
std::string ServerHelp();

}  // namespace lathe

#endif  // LATHE_SERVER_CONFIG_SERVER_CONFIG_H_
