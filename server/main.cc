// lathed: serves text classifiers over gRPC. `lathed --help` lists its flags.
//
// It logs to standard error, ends in order at SIGTERM and SIGINT, and at once at the second one. Exit codes:
//   0  ended in order, every accepted call answered; or --help, --version, or a valid --check-config
//   2  the command line, the configuration or a manifest is wrong
//   3  a model cannot be loaded
//   4  an address cannot be listened at
//   5  the time to drain ran out, and calls were cut off
//   6  a second signal came while it drained
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/batching/clock.h"
#include "server/config/manifest.h"
#include "server/config/server_config.h"
#include "server/config/version.h"
#include "server/daemon.h"
#include "server/observability/log.h"
#include "server/service/grpc_server.h"
#include "server/signals.h"

namespace lathe {
namespace {

enum ExitCode { kOk = 0, kWrongConfiguration = 2, kModelFailed = 3, kAddressFailed = 4, kCallsLost = 5, kHurried = 6 };

int Fail(const absl::Status& status, ExitCode code) {
  std::cerr << "lathed: " << status.message() << "\n";
  return code;
}

// A server of nothing is a mistake: most likely the folder is not the one that was meant.
absl::StatusOr<std::vector<Manifest>> LoadSomeManifests(const ServerConfig& config) {
  absl::StatusOr<std::vector<Manifest>> manifests = LoadManifests(config.models.folder);
  if (!manifests.ok() || !manifests->empty()) return manifests;
  return absl::NotFoundError("models.folder: no manifest (*.yaml) in " + config.models.folder);
}

int CheckConfig(const ServerConfig& config) {
  const auto manifests = LoadSomeManifests(config);
  if (!manifests.ok()) return Fail(manifests.status(), kWrongConfiguration);
  std::cout << "configuration is valid; models:";
  for (const Manifest& manifest : *manifests) std::cout << " " << manifest.name << ":" << manifest.version;
  std::cout << "\n";
  return kOk;
}

int Serve(const ServerConfig& config) {
  InitLog(config.log);
  RouteGrpcLog();
  const auto manifests = LoadSomeManifests(config);
  if (!manifests.ok()) return Fail(manifests.status(), kWrongConfiguration);
  const auto daemon = Daemon::Start(config, *manifests);
  if (!daemon.ok()) return Fail(daemon.status(), absl::IsUnavailable(daemon.status()) ? kAddressFailed : kModelFailed);

  const int signal = AwaitTerminationSignal();
  ExitOnTerminationSignal(kHurried);
  Log(LogLevel::kInfo, "stopping", {{"signal", signal}, {"drain_seconds", config.drain.seconds}});
  const SteadyClock clock;
  const TimePoint start = clock.Now();
  const int64_t lost = (*daemon)->Stop();
  Log(LogLevel::kInfo, "stopped", {{"seconds", Seconds(clock.Now() - start)}, {"lost_calls", lost}});
  return lost == 0 ? kOk : kCallsLost;
}

int Run(const std::vector<std::string>& arguments) {
  const auto invocation = ParseInvocation(arguments, ProcessEnvironment());
  if (!invocation.ok()) return Fail(invocation.status(), kWrongConfiguration);
  switch (invocation->action) {
    case Invocation::Action::kHelp:
      std::cout << ServerHelp();
      return kOk;
    case Invocation::Action::kVersion:
      std::cout << "lathed " << Version() << "\n";
      return kOk;
    case Invocation::Action::kCheckConfig:
      return CheckConfig(invocation->config);
    case Invocation::Action::kServe:
      return Serve(invocation->config);
  }
  return kWrongConfiguration;
}

}  // namespace
}  // namespace lathe

int main(int argc, char** argv) {
  lathe::BlockTerminationSignals();
  return lathe::Run({argv + 1, argv + argc});
}
