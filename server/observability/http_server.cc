#include "server/observability/http_server.h"

#include <httplib.h>
#include <sys/socket.h>

#include <atomic>
#include <deque>
#include <exception>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/base/mutex.h"
#include "server/observability/log.h"
#include "server/observability/metrics.h"

namespace lathe {
namespace {

constexpr int kThreads = 4;          // A scrape, a probe of each kind, and one to spare.
constexpr size_t kWaitingMax = 64;   // Accepted connections without a thread; more wait in the kernel's backlog.
constexpr int kIdleSeconds = 1;      // Until the first byte of a request.
constexpr int kTransferSeconds = 5;  // For each read and write.
constexpr int kBacklog = 128;        // cpp-httplib's 5 would make a burst of clients wait a second for their next try.
constexpr size_t kBodyBytesMax = 4096;  // Of a request; GET needs none.
constexpr char kPlainText[] = "text/plain; charset=utf-8";

// A pool of threads with a bounded queue; cpp-httplib's own grows without limit. When it is full, the thread that
// accepts connections waits in enqueue, so further clients wait in the kernel's backlog.
class BoundedPool : public httplib::TaskQueue {
 public:
  BoundedPool() {
    for (int i = 0; i < kThreads; ++i) threads_.emplace_back([this] { Work(); });
  }

  void enqueue(std::function<void()> task) override {
    MutexLock lock(&mutex_);
    while (tasks_.size() >= kWaitingMax) changed_.Wait(&mutex_);
    tasks_.push_back(std::move(task));
    changed_.NotifyAll();
  }

  // Runs what is queued, then joins the threads.
  void shutdown() override {
    {
      MutexLock lock(&mutex_);
      stopping_ = true;
      changed_.NotifyAll();
    }
    for (std::thread& thread : threads_) thread.join();
  }

 private:
  void Work() {
    while (std::function<void()> task = Next()) task();
  }

  // The next task; empty when there will be none.
  std::function<void()> Next() {
    MutexLock lock(&mutex_);
    while (tasks_.empty() && !stopping_) changed_.Wait(&mutex_);
    if (tasks_.empty()) return nullptr;
    std::function<void()> task = std::move(tasks_.front());
    tasks_.pop_front();
    changed_.NotifyAll();
    return task;
  }

  Mutex mutex_;
  CondVar changed_;
  std::deque<std::function<void()>> tasks_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

void SetLimits(httplib::Server& server) {
  server.new_task_queue = [] { return new BoundedPool; };  // cpp-httplib deletes it.
  server.set_keep_alive_max_count(1);                      // An idle connection would hold a thread.
  server.set_keep_alive_timeout(kIdleSeconds);
  server.set_read_timeout(kTransferSeconds);
  server.set_write_timeout(kTransferSeconds);
  server.set_payload_max_length(kBodyBytesMax);
}

void AddRoutes(const HttpOptions& options, httplib::Server& server) {
  server.Get("/metrics", [&options](const httplib::Request&, httplib::Response& response) {
    const absl::string_view type = Metrics::kContentType;
    response.set_content(options.render_metrics(), std::string(type));
  });
  server.Get("/healthz",
             [](const httplib::Request&, httplib::Response& response) { response.set_content("ok\n", kPlainText); });
  server.Get("/readyz", [&options](const httplib::Request&, httplib::Response& response) {
    const bool ready = options.is_ready();
    response.status = ready ? 200 : 503;
    response.set_content(ready ? "ready\n" : "not ready\n", kPlainText);
  });
  // Without it, cpp-httplib puts the text of an exception into a header of the answer.
  server.set_exception_handler([](const httplib::Request&, httplib::Response& response, const std::exception_ptr&) {
    Log(LogLevel::kError, "an HTTP handler failed");
    response.status = 500;
    response.set_content("internal error\n", kPlainText);
  });
}

}  // namespace

class HttpServer::Impl {
 public:
  explicit Impl(HttpOptions options) : options_(std::move(options)) {
    server_.set_socket_options([this](int socket) { SetSocketOptions(socket); });
    SetLimits(server_);
    AddRoutes(options_, server_);
  }

  absl::Status Listen() {
    if (options_.port == 0) {
      port_ = server_.bind_to_any_port(options_.host);
    } else if (server_.bind_to_port(options_.host, options_.port)) {
      port_ = options_.port;
    }
    if (port_ <= 0) {
      return absl::UnavailableError(absl::StrCat("HTTP: cannot listen on ", options_.host, ":", options_.port,
                                                 ": the address is in use or not of this machine"));
    }
    listen(socket_, kBacklog);  // Once more, for the longer backlog.
    thread_ = std::thread([this] {
      server_.listen_after_bind();
      ended_ = true;
    });
    // A stop() before it runs would be forgotten.
    while (!server_.is_running() && !ended_) std::this_thread::yield();
    return absl::OkStatus();
  }

  int port() const { return port_; }

  void Stop() {
    if (!thread_.joinable()) return;
    server_.stop();
    thread_.join();
  }

 private:
  // A restarted server takes its port back at once. cpp-httplib's own choice, SO_REUSEPORT, would let two servers share
  // one.
  void SetSocketOptions(int socket) {
    const int yes = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    socket_ = socket;
  }

  const HttpOptions options_;
  httplib::Server server_;
  int socket_ = -1;  // cpp-httplib's: the last one it made is the one it listens on.
  int port_ = -1;
  std::atomic<bool> ended_{false};
  std::thread thread_;
};

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

HttpServer::~HttpServer() { Stop(); }

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Start(HttpOptions options) {
  auto impl = std::make_unique<Impl>(std::move(options));
  const absl::Status status = impl->Listen();
  if (!status.ok()) return status;
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

int HttpServer::port() const { return impl_->port(); }

void HttpServer::Stop() { impl_->Stop(); }

}  // namespace lathe
