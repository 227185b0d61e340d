#include "server/config/server_config.h"

#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/file.h"
#include "engine/base/status_macros.h"
#include "server/config/strict_yaml.h"
#include "server/config/yaml_tree.h"

namespace lathe {
namespace {

constexpr int64_t kThreadsMax = 1024;
constexpr int64_t kMessageBytesMax = 1 << 30;
constexpr int64_t kCallsMax = 1 << 20;
constexpr int64_t kDrainSecondsMax = 3600;

// What only the command line has.
struct Command {
  std::string config_file;
  bool check_config = false;
  bool help = false;
  bool version = false;
};

std::vector<Setting> FileSetting(Command& command) {
  return {{"config", PathValue(command.config_file), "the configuration file; or LATHE_CONFIG"}};
}

std::vector<Setting> CommandSettings(Command& command) {
  return {
      {"config", PathValue(command.config_file), "the configuration file; or LATHE_CONFIG"},
      {"check-config", BooleanValue(command.check_config),
       "read the configuration and all manifests, say what is wrong, exit"},
      {"help", BooleanValue(command.help), "print this, exit"},
      {"version", BooleanValue(command.version), "print the version, exit"},
  };
}

// The flags of both, for reading arguments.
std::vector<Setting> AllFlags(Command& command, ServerConfig& config) {
  std::vector<Setting> settings = CommandSettings(command);
  for (Setting& setting : ServerSettings(config)) settings.push_back(std::move(setting));
  return settings;
}

std::string DescribeCommand() {
  Command command;
  std::string text;
  for (const Setting& setting : CommandSettings(command)) {
    absl::StrAppend(&text, "  ", FlagName(setting.key), "\n      ", setting.help, "\n");
  }
  return text;
}

Invocation::Action ActionOf(const Command& command) {
  if (command.help) return Invocation::Action::kHelp;
  if (command.version) return Invocation::Action::kVersion;
  return command.check_config ? Invocation::Action::kCheckConfig : Invocation::Action::kServe;
}

}  // namespace

std::vector<Setting> ServerSettings(ServerConfig& c) {
  return {
      {"grpc.address", AddressValue(c.grpc.address), "where gRPC listens; port 0: any free one"},
      {"grpc.reflection", BooleanValue(c.grpc.reflection), "whether clients may ask for the service's schema"},
      {"http.address", AddressValue(c.http.address, /*optional=*/true),
       "where /metrics, /healthz and /readyz are served over HTTP"},
      {"models.folder", PathValue(c.models.folder),
       "the folder of manifests; in the file relative to the file, else to where lathed is started"},
      {"threads", IntegerValue(c.threads, 0, kThreadsMax),
       "compute threads; 0: as many as the cgroup's CPU quota and the affinity mask allow"},
      {"log.level",
       EnumValue<LogLevel>(c.log.level, {{"debug", LogLevel::kDebug},
                                         {"info", LogLevel::kInfo},
                                         {"warning", LogLevel::kWarning},
                                         {"error", LogLevel::kError}}),
       "the least important events that are logged, to standard error"},
      {"log.format", EnumValue<LogFormat>(c.log.format, {{"json", LogFormat::kJson}, {"text", LogFormat::kText}}),
       "one JSON object per line, or text for reading at a terminal"},
      {"limits.max_message_bytes", IntegerValue(c.limits.max_message_bytes, 1024, kMessageBytesMax),
       "bytes of one request; larger ones are refused by gRPC"},
      {"limits.max_concurrent_calls", IntegerValue(c.limits.max_concurrent_calls, 1, kCallsMax),
       "calls in progress, over all models; further ones are refused before any work is done"},
      {"limits.max_streams_per_connection", IntegerValue(c.limits.max_streams_per_connection, 1, kCallsMax),
       "calls in progress on one connection; further ones wait in the client"},
      {"drain.seconds", IntegerValue(c.drain.seconds, 0, kDrainSecondsMax),
       "how long accepted calls may take to finish once the server is told to stop"},
  };
}

absl::StatusOr<ServerConfig> LoadServerConfig(const std::string& file) {
  ASSIGN_OR_RETURN(const std::string text, ReadFile(file, kYamlBytesMax));
  ServerConfig config;
  RETURN_IF_ERROR(ReadYaml(text, file, ServerSettings(config)).status());
  const std::filesystem::path folder = std::filesystem::path(file).parent_path() / config.models.folder;
  config.models.folder = folder.lexically_normal().string();
  return config;
}

absl::StatusOr<Invocation> ParseInvocation(absl::Span<const std::string> arguments, const Environment& environment) {
  Command command;
  ServerConfig defaults;
  // Read twice: first for what to do and for the file, whose values the flags then override.
  RETURN_IF_ERROR(ReadEnvironment(FileSetting(command), environment));
  RETURN_IF_ERROR(ReadFlags(AllFlags(command, defaults), arguments));
  Invocation invocation;
  invocation.action = ActionOf(command);
  if (command.help || command.version) return invocation;
  if (command.config_file.empty()) {
    return absl::InvalidArgumentError("no configuration: wanted --config=FILE or LATHE_CONFIG; see --help");
  }
  invocation.config_file = command.config_file;
  ASSIGN_OR_RETURN(invocation.config, LoadServerConfig(command.config_file));
  RETURN_IF_ERROR(ReadEnvironment(ServerSettings(invocation.config), environment));
  RETURN_IF_ERROR(ReadFlags(AllFlags(command, invocation.config), arguments));
  return invocation;
}

std::string ServerHelp() {
  ServerConfig config;
  return absl::StrCat(
      "lathed: serves text classifiers over gRPC.\n\n"
      "usage: lathed --config=FILE [flags]\n\n",
      DescribeCommand(), "\nSettings. A flag overrides the environment variable, which overrides the key in FILE.\n\n",
      DescribeFlags(ServerSettings(config)), "\nManifests, one per model, are described in docs/configuration.md.\n");
}

}  // namespace lathe
