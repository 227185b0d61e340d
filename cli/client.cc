#include "cli/client.h"

#include <chrono>

#include "absl/strings/str_cat.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/security/credentials.h"

namespace lathe::cli {

std::vector<Setting> ClientSettings(ClientFlags& flags) {
  return {
      {"address", AddressValue(flags.address), "where lathed listens"},
      {"timeout_seconds", IntegerValue(flags.timeout_seconds, 1, 86400), "how long to wait for an answer"},
  };
}

std::shared_ptr<grpc::Channel> Connect(const ClientFlags& flags) {
  return grpc::CreateChannel(flags.address, grpc::InsecureChannelCredentials());
}

void SetDeadline(const ClientFlags& flags, grpc::ClientContext* context) {
  context->set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(flags.timeout_seconds));
}

absl::Status FromGrpc(const ClientFlags& flags, const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  const auto code = static_cast<absl::StatusCode>(status.error_code());
  return absl::Status(code,
                      absl::StrCat(flags.address, ": ", absl::StatusCodeToString(code), ": ", status.error_message()));
}

}  // namespace lathe::cli
