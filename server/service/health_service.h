// grpc.health.v1.Health: whether the server, and each model by its name, is serving.
//
// gRPC brings such a service of its own; this one ends its Watch streams at shutdown, which would otherwise hold the
// drain until its deadline, and is visible to reflection.
#ifndef LATHE_SERVER_SERVICE_HEALTH_SERVICE_H_
#define LATHE_SERVER_SERVICE_HEALTH_SERVICE_H_

#include <memory>
#include <string>

#include "grpcpp/impl/service_type.h"

namespace lathe {

// Thread-safe. Outlives the gRPC server that it is registered with.
class HealthService {
 public:
  HealthService();
  ~HealthService();
  HealthService(const HealthService&) = delete;
  HealthService& operator=(const HealthService&) = delete;

  // Makes `name` known, or changes it; watchers hear of it. The empty name is the server as a whole.
  void Set(const std::string& name, bool serving);

  // Everything is NOT_SERVING from now on, watchers hear of it, and their streams end.
  void Shutdown();

  grpc::Service* service();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace lathe

#endif  // LATHE_SERVER_SERVICE_HEALTH_SERVICE_H_
