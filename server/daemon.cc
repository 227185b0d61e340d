#include "server/daemon.h"

#include <atomic>
#include <chrono>
#include <string>
#include <utility>

#include "engine/base/status_macros.h"
#include "engine/runtime/cpu_count.h"
#include "engine/runtime/thread_pool.h"
#include "server/config/address.h"
#include "server/config/version.h"
#include "server/handlers/request_context.h"
#include "server/observability/http_server.h"
#include "server/registry/load_model.h"
#include "server/service/grpc_server.h"

namespace lathe {
namespace {

int ThreadsOf(const ServerConfig& config) {
  return config.threads > 0 ? static_cast<int>(config.threads) : UsableCpuCount();
}

GrpcServerOptions GrpcOptionsOf(const ServerConfig& config) {
  GrpcServerOptions options;
  options.address = config.grpc.address;
  options.reflection = config.grpc.reflection;
  options.max_message_bytes = config.limits.max_message_bytes;
  options.max_streams_per_connection = config.limits.max_streams_per_connection;
  return options;
}

Admission::Limits AdmissionLimitsOf(const ServerConfig& config) {
  Admission::Limits limits;
  limits.calls = config.limits.max_concurrent_calls;
  return limits;
}

}  // namespace

// Members are in the order of use: each may use those above it, and goes before them.
class Daemon::Impl {
 public:
  explicit Impl(const ServerConfig& config)
      : config_(config),
        compute_(ThreadsOf(config)),
        admission_(AdmissionLimitsOf(config)),
        workers_(ThreadsOf(config)) {}

  // Addresses first: if they are taken, nobody wants to wait for models before hearing of it.
  absl::Status Start(const std::vector<Manifest>& manifests) {
    for (const Manifest& manifest : manifests) Announce(manifest);
    RETURN_IF_ERROR(StartHttp());
    ASSIGN_OR_RETURN(grpc_, Annotate(GrpcServer::Start(GrpcOptionsOf(config_), services_), "grpc.address"));
    // Before the first load: a version that is ready must not seem gone while another of its name loads.
    for (const Manifest& manifest : manifests) grpc_->health().Set(manifest.name, false);
    for (const Manifest& manifest : manifests) RETURN_IF_ERROR(Load(manifest));
    grpc_->SetServing(true);
    ready_ = true;
    Log(LogLevel::kInfo, "ready",
        {{"grpc_port", grpc_port()}, {"http_port", http_port()}, {"models", manifests.size()}});
    return absl::OkStatus();
  }

  int64_t Stop() {
    ready_ = false;
    return grpc_ == nullptr ? 0 : grpc_->Shutdown(std::chrono::seconds(config_.drain.seconds));
  }

  int grpc_port() const { return grpc_->port(); }
  int http_port() const { return http_ == nullptr ? 0 : http_->port(); }

 private:
  void Announce(const Manifest& manifest) {
    models_.Add(manifest.name, manifest.version, metrics_.AddModel(manifest.name, manifest.version));
  }

  absl::Status StartHttp() {
    if (config_.http.address.empty()) return absl::OkStatus();
    ASSIGN_OR_RETURN(const Address address, ParseAddress(config_.http.address));
    HttpOptions options;
    options.host = address.host;
    options.port = address.port;
    options.render_metrics = [this] { return metrics_.Render(); };
    options.is_ready = [this] { return ready_.load(); };
    ASSIGN_OR_RETURN(http_, Annotate(HttpServer::Start(std::move(options)), "http.address"));
    return absl::OkStatus();
  }

  absl::Status Load(const Manifest& manifest) {
    const TimePoint start = clock_.Now();
    ModelMetrics& metrics = metrics_.AddModel(manifest.name, manifest.version);
    ASSIGN_OR_RETURN(std::shared_ptr<ServedModel> model, LoadServedModel(manifest, compute_, metrics, clock_));
    models_.SetReady(std::move(model));
    grpc_->health().Set(manifest.name, true);
    Log(LogLevel::kInfo, "model ready",
        {{"model", manifest.name}, {"version", manifest.version}, {"load_seconds", Seconds(clock_.Now() - start)}});
    return absl::OkStatus();
  }

  const ServerConfig config_;
  const SteadyClock clock_;
  Metrics metrics_{Version()};
  ThreadPool compute_;
  ModelRegistry models_;
  Admission admission_;
  WorkerPool workers_;
  const Services services_{models_, admission_, workers_, metrics_, clock_};
  std::atomic<bool> ready_{false};
  std::unique_ptr<HttpServer> http_;
  std::unique_ptr<GrpcServer> grpc_;
};

Daemon::Daemon(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Daemon::~Daemon() { Stop(); }

absl::StatusOr<std::unique_ptr<Daemon>> Daemon::Start(const ServerConfig& config,
                                                      const std::vector<Manifest>& manifests) {
  auto impl = std::make_unique<Impl>(config);
  RETURN_IF_ERROR(impl->Start(manifests));
  return std::unique_ptr<Daemon>(new Daemon(std::move(impl)));
}

int Daemon::grpc_port() const { return impl_->grpc_port(); }
int Daemon::http_port() const { return impl_->http_port(); }
int64_t Daemon::Stop() { return impl_->Stop(); }

}  // namespace lathe
