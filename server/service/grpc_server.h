// The gRPC server: one address with the classifier, health and reflection, its limits, and an orderly end.
#ifndef LATHE_SERVER_SERVICE_GRPC_SERVER_H_
#define LATHE_SERVER_SERVICE_GRPC_SERVER_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "server/batching/clock.h"
#include "server/handlers/request_context.h"
#include "server/service/health_service.h"

namespace lathe {

struct GrpcServerOptions {
  std::string address = "127.0.0.1:50051";  // HOST:PORT; port 0 means any free one.
  bool reflection = true;
  int64_t max_message_bytes = 4194304;
  int64_t max_streams_per_connection = 1024;
};

// Serves from construction to Shutdown, on gRPC's own threads.
class GrpcServer {
 public:
  // `services` outlive the server.
  // Errors: UNAVAILABLE (cannot listen at the address, for example because another server does).
  static absl::StatusOr<std::unique_ptr<GrpcServer>> Start(const GrpcServerOptions& options, const Services& services);
  ~GrpcServer();  // As Shutdown without patience.
  GrpcServer(const GrpcServer&) = delete;
  GrpcServer& operator=(const GrpcServer&) = delete;

  int port() const;
  HealthService& health();  // Where models are made known by name.

  // What health says of the server as a whole and of the service: NOT_SERVING until this is called.
  void SetServing(bool serving);

  // Says NOT_SERVING, takes no further connections or calls, and returns when all calls are answered, at the latest
  // after `patience`: then what is left is cancelled. Returns the number of classifier calls that were. May be called
  // again.
  int64_t Shutdown(Duration patience);

 private:
  class Impl;
  explicit GrpcServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// Sends gRPC's own messages to the server's log. Call once, before anything uses gRPC.
void RouteGrpcLog();

}  // namespace lathe

#endif  // LATHE_SERVER_SERVICE_GRPC_SERVER_H_
