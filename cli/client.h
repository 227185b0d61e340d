// Talking to a running lathed.
#ifndef LATHE_CLI_CLIENT_H_
#define LATHE_CLI_CLIENT_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"
#include "grpcpp/support/status.h"
#include "server/config/setting.h"

namespace lathe::cli {

struct ClientFlags {
  std::string address = "127.0.0.1:50051";
  int64_t timeout_seconds = 10;
};

std::vector<Setting> ClientSettings(ClientFlags& flags);

// A channel that connects when it is first used.
std::shared_ptr<grpc::Channel> Connect(const ClientFlags& flags);

// Gives a call its deadline; it waits until then for a server that is not there yet.
void SetDeadline(const ClientFlags& flags, grpc::ClientContext* context);

// "127.0.0.1:50051: UNAVAILABLE: connection refused".
absl::Status FromGrpc(const ClientFlags& flags, const grpc::Status& status);

}  // namespace lathe::cli

#endif  // LATHE_CLI_CLIENT_H_
