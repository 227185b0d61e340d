// lathe healthcheck: exits 0 if a running lathed, or one model of it, is serving.
#include <ostream>

#include "absl/strings/str_cat.h"
#include "cli/client.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "engine/base/status_macros.h"
#include "grpc/health/v1/health.grpc.pb.h"

namespace lathe::cli {
namespace {

using grpc::health::v1::HealthCheckResponse;

class HealthcheckCommand final : public Command {
 public:
  HealthcheckCommand() { client_flags_.timeout_seconds = 5; }

  std::vector<Setting> flags() override {
    std::vector<Setting> settings = ClientSettings(client_flags_);
    settings.push_back({"service", NameValue(service_), "the name of a model; without it, the server as a whole"});
    return settings;
  }

  absl::Status Run(CommandIo& io) override {
    RETURN_IF_ERROR(WantNoWords(io));
    const auto stub = grpc::health::v1::Health::NewStub(Connect(client_flags_));
    grpc::health::v1::HealthCheckRequest request;
    request.set_service(service_);
    grpc::ClientContext context;
    SetDeadline(client_flags_, &context);
    HealthCheckResponse response;
    RETURN_IF_ERROR(FromGrpc(client_flags_, stub->Check(&context, request, &response)));
    const std::string& status = HealthCheckResponse::ServingStatus_Name(response.status());
    if (response.status() != HealthCheckResponse::SERVING) {
      return absl::UnavailableError(absl::StrCat(client_flags_.address, ": ", status, ", wanted SERVING"));
    }
    io.out << status << "\n";
    return absl::OkStatus();
  }

 private:
  ClientFlags client_flags_;
  std::string service_;
};

}  // namespace

std::unique_ptr<Command> MakeHealthcheck() { return std::make_unique<HealthcheckCommand>(); }

}  // namespace lathe::cli
