// Debian's Prometheus scrapes the real lathed while calls are made; what it stores adds up to what was done. Left out
// by name where Prometheus is not installed.
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>
#include <thread>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_matchers.h"
#include "grpcpp/create_channel.h"
#include "httplib.h"
#include "lathe/v1/classifier.grpc.pb.h"
#include "tests/end_to_end/child_process.h"
#include "tests/end_to_end/lathed_process.h"

namespace lathe {
namespace {

constexpr auto kPatience = std::chrono::seconds(60);
constexpr auto kPollInterval = std::chrono::milliseconds(100);

bool IsInstalled(const std::string& program) {
  return std::system(absl::StrCat("command -v ", program, " >/dev/null").c_str()) == 0;
}

// A port that nobody listened at a moment ago.
int FreePort() {
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  bind(listener, reinterpret_cast<sockaddr*>(&address), size);
  getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  close(listener);
  return ntohs(address.sin_port);
}

// The one number that a query gives, or -1 while it gives none. The reply ends in "value":[<time>,"<number>"]}]}}.
double Query(int port, const std::string& query) {
  httplib::Client client("127.0.0.1", port);
  const auto reply = client.Get(("/api/v1/query?query=" + httplib::detail::encode_query_param(query)).c_str());
  if (!reply || reply->status != 200) return -1;
  const size_t value = reply->body.find("\"value\":[");
  const size_t begin = reply->body.find(",\"", value) + 2;
  const size_t end = reply->body.find('"', begin);
  double number = -1;
  if (value == std::string::npos || !absl::SimpleAtod(reply->body.substr(begin, end - begin), &number)) return -1;
  return number;
}

class PrometheusTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!IsInstalled("prometheus") || !IsInstalled("promtool")) GTEST_SKIP() << "Prometheus is not installed";
    lathed_.Write("models/sentiment.yaml", EmbeddedManifest());
    ASSERT_OK(lathed_.Start());
    stub_ = v1::Classifier::NewStub(grpc::CreateChannel(lathed_.grpc_address(), grpc::InsecureChannelCredentials()));
  }

  grpc::Status Classify(const std::string& model, int texts) {
    v1::ClassifyRequest request;
    request.set_model(model);
    for (int i = 0; i < texts; ++i) request.add_inputs()->set_text(absl::StrCat("text number ", i));
    grpc::ClientContext context;
    v1::ClassifyResponse response;
    const grpc::Status status = stub_->Classify(&context, request, &response);
    for (const v1::Result& result : response.results()) tokens_ += result.tokens();
    return status;
  }

  void StartPrometheus() {
    lathed_.Write("prometheus.yml", absl::StrCat("global:\n  scrape_interval: 1s\n  scrape_timeout: 1s\n",
                                                 "scrape_configs:\n  - job_name: lathe\n    static_configs:\n",
                                                 "      - targets: ['127.0.0.1:", lathed_.http_port(), "']\n"));
    port_ = FreePort();
    ASSERT_TRUE(prometheus_.Start(
        {"prometheus", "--config.file=" + lathed_.Path("prometheus.yml"), "--storage.tsdb.path=" + lathed_.Path("tsdb"),
         absl::StrCat("--web.listen-address=127.0.0.1:", port_)},
        lathed_.Path("prometheus.log")));
  }

  // Whether a query gives `wanted` before patience ends.
  bool Becomes(const std::string& query, double wanted) {
    const auto end = std::chrono::steady_clock::now() + kPatience;
    while (Query(port_, query) != wanted && std::chrono::steady_clock::now() < end) {
      std::this_thread::sleep_for(kPollInterval);
    }
    return Query(port_, query) == wanted;
  }

  LathedProcess lathed_;
  ChildProcess prometheus_;  // Goes first: its files are in the other's folder.
  std::unique_ptr<v1::Classifier::Stub> stub_;
  int port_ = 0;
  int64_t tokens_ = 0;
};

TEST_F(PrometheusTest, PromtoolAcceptsTheMetrics) {
  ASSERT_TRUE(Classify("sentiment", 3).ok());
  httplib::Client client("127.0.0.1", lathed_.http_port());
  const auto reply = client.Get("/metrics");
  ASSERT_TRUE(reply);
  ASSERT_EQ(reply->status, 200);
  lathed_.Write("metrics.txt", reply->body);
  ChildProcess promtool;
  const std::string check = absl::StrCat("promtool check metrics < ", lathed_.Path("metrics.txt"));
  ASSERT_TRUE(promtool.Start({"sh", "-c", check}, lathed_.Path("promtool.log")));
  EXPECT_EQ(promtool.Wait(), 0) << std::ifstream(lathed_.Path("promtool.log")).rdbuf();
}

TEST_F(PrometheusTest, WhatIsScrapedAddsUp) {
  StartPrometheus();
  ASSERT_TRUE(Becomes("up", 1));
  int texts = 0;
  for (int i = 0; i < 40; ++i) {
    const int count = 1 + i % 5;
    ASSERT_TRUE(Classify("sentiment", count).ok());
    texts += count;
  }
  for (int i = 0; i < 7; ++i) EXPECT_EQ(Classify("sentiment", 0).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Classify("nonesuch", 1).error_code(), grpc::StatusCode::NOT_FOUND);

  EXPECT_TRUE(Becomes("sum(lathe_requests_received_total)", 50));
  const auto value = [&](const std::string& query) { return Query(port_, query); };
  EXPECT_EQ(value("sum(lathe_requests_rejected_total)"), 10);
  EXPECT_EQ(value("sum(lathe_requests_accepted_total)"), 40);
  EXPECT_EQ(value("sum(lathe_requests_completed_total{outcome=\"ok\"})"), 40);
  EXPECT_EQ(value("sum(lathe_requests_completed_total)"), 40);
  EXPECT_EQ(value("sum(lathe_requests_total)"), 50);
  EXPECT_EQ(value("sum(lathe_requests_received_total{model=\"_unknown\"})"), 3);
  EXPECT_EQ(value("sum(lathe_request_seconds_count)"), 50);
  EXPECT_EQ(value("sum(lathe_queue_seconds_count)"), 40);
  EXPECT_EQ(value("sum(lathe_texts_total)"), texts);
  EXPECT_EQ(value("sum(lathe_batch_sequences_sum)"), texts);
  EXPECT_EQ(value("sum(lathe_tokens_total)"), static_cast<double>(tokens_));
  EXPECT_EQ(value("sum(lathe_queue_calls)"), 0);
}

}  // namespace
}  // namespace lathe
