// The whole server in one object: what lathed runs, and what end-to-end tests run in their own process.
//
//   ASSIGN_OR_RETURN(auto daemon, Daemon::Start(config, manifests));  // Answers from here on.
//   ...
//   int64_t lost = daemon->Stop();
#ifndef LATHE_SERVER_DAEMON_H_
#define LATHE_SERVER_DAEMON_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/config/manifest.h"
#include "server/config/server_config.h"

namespace lathe {

class Daemon {
 public:
  // Listens, loads all models of `manifests`, and becomes ready. While models load, calls for them are answered with
  // UNAVAILABLE, health says NOT_SERVING and /readyz 503.
  // Errors: UNAVAILABLE (an address cannot be listened at), else as LoadServedModel.
  static absl::StatusOr<std::unique_ptr<Daemon>> Start(const ServerConfig& config,
                                                       const std::vector<Manifest>& manifests);
  ~Daemon();  // As Stop.
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;

  int grpc_port() const;
  int http_port() const;  // 0 where there is no HTTP server.

  // Health and /readyz say no, no new connection is taken, and accepted calls are answered, at most for drain.seconds.
  // /metrics answers until the end. Returns how many calls were cut off. May be called again.
  int64_t Stop();

 private:
  class Impl;
  explicit Daemon(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace lathe

#endif  // LATHE_SERVER_DAEMON_H_
