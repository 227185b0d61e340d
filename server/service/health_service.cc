#include "server/service/health_service.h"

#include <map>
#include <set>

#include "absl/base/thread_annotations.h"
#include "engine/base/mutex.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "server/service/health_watcher.h"

namespace lathe {

using grpc::health::v1::Health;
using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;

class HealthService::Impl final : public Health::CallbackService {
 public:
  void Set(const std::string& name, bool serving) {
    MutexLock lock(&mutex_);
    if (shut_down_) return;
    const auto status = serving ? HealthCheckResponse::SERVING : HealthCheckResponse::NOT_SERVING;
    statuses_[name] = status;
    const auto watchers = watchers_.find(name);
    if (watchers == watchers_.end()) return;
    for (HealthWatcher* watcher : watchers->second) watcher->Update(status);
  }

  void Shutdown() {
    MutexLock lock(&mutex_);
    shut_down_ = true;
    for (auto& [name, status] : statuses_) status = HealthCheckResponse::NOT_SERVING;
    for (const auto& [name, watchers] : watchers_) {
      for (HealthWatcher* watcher : watchers) {
        watcher->Update(Find(name));
        watcher->End();
      }
    }
  }

  grpc::ServerUnaryReactor* Check(grpc::CallbackServerContext* context, const HealthCheckRequest* request,
                                  HealthCheckResponse* response) override {
    MutexLock lock(&mutex_);
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    response->set_status(Find(request->service()));
    const bool known = response->status() != HealthCheckResponse::SERVICE_UNKNOWN;
    reactor->Finish(known ? grpc::Status::OK : grpc::Status(grpc::StatusCode::NOT_FOUND, "service: not known"));
    return reactor;
  }

  grpc::ServerWriteReactor<HealthCheckResponse>* Watch(grpc::CallbackServerContext* context,
                                                       const HealthCheckRequest* request) override {
    const std::string& name = request->service();
    auto* watcher = new HealthWatcher([this, name = name](HealthWatcher* done) { Forget(name, done); });
    MutexLock lock(&mutex_);
    watchers_[name].insert(watcher);
    watcher->Update(Find(name));
    if (shut_down_) watcher->End();
    return watcher;
  }

 private:
  HealthCheckResponse::ServingStatus Find(const std::string& name) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    const auto status = statuses_.find(name);
    return status != statuses_.end() ? status->second : HealthCheckResponse::SERVICE_UNKNOWN;
  }

  void Forget(const std::string& name, HealthWatcher* watcher) {
    MutexLock lock(&mutex_);
    const auto watchers = watchers_.find(name);
    watchers->second.erase(watcher);
    if (watchers->second.empty()) watchers_.erase(watchers);
  }

  Mutex mutex_;  // Taken before a watcher's own.
  std::map<std::string, HealthCheckResponse::ServingStatus> statuses_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, std::set<HealthWatcher*>> watchers_ ABSL_GUARDED_BY(mutex_);
  bool shut_down_ ABSL_GUARDED_BY(mutex_) = false;
};

HealthService::HealthService() : impl_(std::make_unique<Impl>()) {}
HealthService::~HealthService() = default;

void HealthService::Set(const std::string& name, bool serving) { impl_->Set(name, serving); }
void HealthService::Shutdown() { impl_->Shutdown(); }
grpc::Service* HealthService::service() { return impl_.get(); }

}  // namespace lathe
