// The HTTP endpoint for operators: GET /metrics, /healthz, /readyz; anything else is 404.
#ifndef LATHE_SERVER_OBSERVABILITY_HTTP_SERVER_H_
#define LATHE_SERVER_OBSERVABILITY_HTTP_SERVER_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace lathe {

struct HttpOptions {
  std::string host = "127.0.0.1";
  int port = 0;  // 0: any free one; see HttpServer::port().

  // Both must be set. They are called on the server's threads, at once from several, until Stop returns.
  std::function<std::string()> render_metrics;  // The body of /metrics.
  std::function<bool()> is_ready;               // /readyz: 200 or 503. /healthz is 200 as long as anything answers.
};

// Serves from construction to Stop. A few threads of its own; a connection takes one request, small and soon, or is
// closed, so that idle or slow clients cannot hold the threads for long.
class HttpServer {
 public:
  // Errors: UNAVAILABLE (cannot listen: address in use or not of this machine, naming the address).
  static absl::StatusOr<std::unique_ptr<HttpServer>> Start(HttpOptions options);
  ~HttpServer();  // Stops.
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  int port() const;

  // Closes the port and returns once requests in progress are answered. May be called again.
  void Stop();

 private:
  class Impl;
  explicit HttpServer(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace lathe

#endif  // LATHE_SERVER_OBSERVABILITY_HTTP_SERVER_H_
