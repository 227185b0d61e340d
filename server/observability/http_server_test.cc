#include "server/observability/http_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/observability/metrics.h"

namespace lathe {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// A connection that says what a test wants, which an HTTP client would not.
class Connection {
 public:
  explicit Connection(int port) : socket_(socket(AF_INET, SOCK_STREAM, 0)) {
    const timeval timeout = {.tv_sec = 20, .tv_usec = 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
  }
  ~Connection() { close(socket_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  bool connected() const { return connected_; }
  void Send(const std::string& text) { (void)send(socket_, text.data(), text.size(), MSG_NOSIGNAL); }

  // Everything until the server closes the connection.
  std::string ReadAll() {
    std::string text;
    char buffer[4096];
    for (ssize_t got = 0; (got = recv(socket_, buffer, sizeof(buffer), 0)) > 0;) {
      text.append(buffer, static_cast<size_t>(got));
    }
    return text;
  }

 private:
  int socket_;
  bool connected_ = false;
};

class HttpServerTest : public testing::Test {
 protected:
  void SetUp() override {
    options_.render_metrics = [] { return std::string("lathe_up 1\n"); };
    options_.is_ready = [this] { return ready_.load(); };
    Start();
  }

  void Start() {
    absl::StatusOr<std::unique_ptr<HttpServer>> server = HttpServer::Start(options_);
    ASSERT_THAT(server, IsOk());
    server_ = *std::move(server);
  }

  std::string Request(const std::string& text) {
    Connection connection(server_->port());
    connection.Send(text);
    return connection.ReadAll();
  }
  std::string Get(const std::string& path) { return Request("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n"); }

  HttpOptions options_;
  std::atomic<bool> ready_{false};
  std::unique_ptr<HttpServer> server_;
};

TEST_F(HttpServerTest, ServesMetricsWithTheTypeThatPrometheusWants) {
  EXPECT_THAT(Get("/metrics"), AllOf(StartsWith("HTTP/1.1 200 "),
                                     HasSubstr("Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"),
                                     EndsWith("\r\n\r\nlathe_up 1\n")));
}

TEST_F(HttpServerTest, LivenessDoesNotFollowReadiness) {
  EXPECT_THAT(Get("/healthz"), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(Get("/readyz"), AllOf(StartsWith("HTTP/1.1 503 "), EndsWith("not ready\n")));
  ready_ = true;
  EXPECT_THAT(Get("/readyz"), AllOf(StartsWith("HTTP/1.1 200 "), EndsWith("\r\nready\n")));
  EXPECT_THAT(Get("/healthz"), StartsWith("HTTP/1.1 200 "));
}

TEST_F(HttpServerTest, HasNothingElse) {
  for (const char* path : {"/", "/metrics/x", "/Metrics", "/../etc/passwd", "/%2e%2e/etc/passwd"}) {
    EXPECT_THAT(Get(path), StartsWith("HTTP/1.1 404 ")) << path;
  }
  EXPECT_THAT(Request("POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"), StartsWith("HTTP/1.1 404 "));
}

TEST_F(HttpServerTest, RefusesWhatNoProbeSends) {
  const std::string body(5000, 'x');
  EXPECT_THAT(Request("POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n" + body),
              StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(Request("rubbish\r\n\r\n"), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(Get("/" + std::string(100000, 'x')), StartsWith("HTTP/1.1 414 "));
  EXPECT_THAT(Get("/healthz"), StartsWith("HTTP/1.1 200 "));
}

TEST_F(HttpServerTest, AFailingHandlerTellsNobodyWhy) {
  options_.render_metrics = []() -> std::string { throw std::runtime_error("secret"); };
  Start();
  EXPECT_THAT(Get("/metrics"), AllOf(StartsWith("HTTP/1.1 500 "), Not(HasSubstr("secret"))));
  EXPECT_THAT(Get("/healthz"), StartsWith("HTTP/1.1 200 "));
}

TEST_F(HttpServerTest, AConnectionTakesOneRequest) { EXPECT_THAT(Get("/healthz"), HasSubstr("Connection: close\r\n")); }

// More silent clients than threads: each is dropped after a second, so a probe gets its turn.
TEST_F(HttpServerTest, SilentClientsDoNotHoldItUp) {
  std::vector<std::unique_ptr<Connection>> silent(8);
  for (auto& connection : silent) connection = std::make_unique<Connection>(server_->port());
  EXPECT_THAT(Get("/healthz"), StartsWith("HTTP/1.1 200 "));
}

TEST_F(HttpServerTest, AnswersManyAtOnce) {
  std::atomic<int> answered{0};
  std::vector<std::thread> clients;
  clients.reserve(16);
  for (int c = 0; c < 16; ++c) {
    clients.emplace_back([&] {
      for (int i = 0; i < 20; ++i) answered += absl::StrContains(Get("/metrics"), "lathe_up 1") ? 1 : 0;
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(answered, 16 * 20);
}

TEST_F(HttpServerTest, APortInUseIsAnErrorThatNamesIt) {
  HttpOptions second = options_;
  second.port = server_->port();
  EXPECT_THAT(HttpServer::Start(second),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr(absl::StrCat("127.0.0.1:", second.port))));
  second.host = "203.0.113.1";  // Reserved for documentation: of no machine.
  EXPECT_THAT(HttpServer::Start(second), StatusIs(absl::StatusCode::kUnavailable, HasSubstr("203.0.113.1:")));
}

TEST_F(HttpServerTest, StopsAndGivesThePortBack) {
  options_.port = server_->port();
  server_->Stop();
  server_->Stop();
  EXPECT_FALSE(Connection(options_.port).connected());
  Start();
  EXPECT_EQ(server_->port(), options_.port);
  EXPECT_THAT(Get("/healthz"), StartsWith("HTTP/1.1 200 "));
}

TEST_F(HttpServerTest, StopsAtOnceAfterStart) {
  for (int i = 0; i < 20; ++i) {
    Start();
    server_->Stop();
  }
}

}  // namespace
}  // namespace lathe
