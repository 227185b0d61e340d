#include "server/service/grpc_server.h"

#include <chrono>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "grpc/support/log.h"
#include "grpcpp/ext/proto_server_reflection_plugin.h"
#include "grpcpp/impl/server_builder_option.h"
#include "grpcpp/resource_quota.h"
#include "grpcpp/server.h"
#include "grpcpp/server_builder.h"
#include "server/observability/log.h"
#include "server/service/active_calls.h"
#include "server/service/classifier_service.h"

namespace lathe {
namespace {

// What gRPC may hold in messages and streams that no handler has seen yet, over all connections; beyond it gRPC reads
// more slowly. Twice what Admission lets in, since the bytes of a call and its parsed form exist side by side.
constexpr size_t kTransportBytes = size_t{512} << 20;

// The names under which health knows the server itself.
constexpr const char* kWholeServer[] = {"", "lathe.v1.Classifier"};

// gRPC adds the reflection service to every server of a program that links it; this takes it out again.
class NoReflection final : public grpc::ServerBuilderOption {
 public:
  void UpdateArguments(grpc::ChannelArguments* arguments) override {}
  void UpdatePlugins(std::vector<std::unique_ptr<grpc::ServerBuilderPlugin>>* plugins) override { plugins->clear(); }
};

void SetLimits(const GrpcServerOptions& options, grpc::ServerBuilder& builder) {
  // Else a second server could listen at the same address and take half of the connections.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, static_cast<int>(options.max_streams_per_connection));
  builder.SetMaxReceiveMessageSize(static_cast<int>(options.max_message_bytes));
  builder.SetMaxSendMessageSize(-1);  // An answer is as large as its request makes it.
  builder.SetResourceQuota(grpc::ResourceQuota("lathed").Resize(kTransportBytes));
}

}  // namespace

class GrpcServer::Impl {
 public:
  explicit Impl(const Services& services) : classifier_(MakeClassifierService(services, active_)) {}

  absl::Status Start(const GrpcServerOptions& options) {
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    grpc::ServerBuilder builder;
    if (!options.reflection) builder.SetOption(std::make_unique<NoReflection>());
    SetLimits(options, builder);
    builder.AddListeningPort(options.address, grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(classifier_.get());
    builder.RegisterService(health_.service());
    for (const char* name : kWholeServer) health_.Set(name, false);
    server_ = builder.BuildAndStart();
    if (server_ != nullptr && port_ != 0) return absl::OkStatus();
    return absl::UnavailableError(absl::StrCat("cannot listen at ", options.address,
                                               ": in use by another process, or no address of this machine"));
  }

  int64_t Shutdown(Duration patience) {
    if (server_ == nullptr) return 0;
    health_.Shutdown();
    // In a thread of its own, because it waits for every stream, and not only for calls of ours.
    std::thread shutdown([&] { server_->Shutdown(std::chrono::system_clock::now() + patience); });
    const int64_t left = active_.AwaitNone(std::chrono::steady_clock::now() + patience);
    shutdown.join();
    server_.reset();
    return left;
  }

  int port() const { return port_; }
  HealthService& health() { return health_; }
  void SetServing(bool serving) {
    for (const char* name : kWholeServer) health_.Set(name, serving);
  }

 private:
  ActiveCalls active_;
  HealthService health_;
  std::unique_ptr<grpc::Service> classifier_;
  std::unique_ptr<grpc::Server> server_;  // Goes first: it calls the services.
  int port_ = 0;
};

GrpcServer::GrpcServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
GrpcServer::~GrpcServer() { Shutdown(Duration::zero()); }

absl::StatusOr<std::unique_ptr<GrpcServer>> GrpcServer::Start(const GrpcServerOptions& options,
                                                              const Services& services) {
  auto impl = std::make_unique<Impl>(services);
  RETURN_IF_ERROR(impl->Start(options));
  return std::unique_ptr<GrpcServer>(new GrpcServer(std::move(impl)));
}

int GrpcServer::port() const { return impl_->port(); }
HealthService& GrpcServer::health() { return impl_->health(); }
void GrpcServer::SetServing(bool serving) { impl_->SetServing(serving); }
int64_t GrpcServer::Shutdown(Duration patience) { return impl_->Shutdown(patience); }

void RouteGrpcLog() {
  gpr_set_log_function([](gpr_log_func_args* args) {
    const bool error = args->severity == GPR_LOG_SEVERITY_ERROR;
    Log(error ? LogLevel::kWarning : LogLevel::kDebug, "grpc",
        {{"text", args->message}, {"file", args->file}, {"line", args->line}});
  });
}

}  // namespace lathe
