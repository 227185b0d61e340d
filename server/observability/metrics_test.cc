#include "server/observability/metrics.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/observability/process_stats.h"

namespace lathe {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// The samples of a rendered text, by name and labels as they are written.
std::map<std::string, double> Samples(const Metrics& metrics) {
  std::map<std::string, double> samples;
  const std::string text = metrics.Render();
  for (absl::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    if (absl::StartsWith(line, "#")) continue;
    const size_t space = line.rfind(' ');
    double value = 0;
    EXPECT_TRUE(absl::SimpleAtod(line.substr(space + 1), &value)) << line;
    EXPECT_TRUE(samples.emplace(std::string(line.substr(0, space)), value).second) << "twice: " << line;
  }
  return samples;
}

constexpr char kModel[] = "{model=\"sentiment\",version=\"1\"}";

TEST(MetricsTest, CountsTheLifeOfCalls) {
  Metrics metrics("1.2.3");
  ModelMetrics& model = metrics.AddModel("sentiment", 1);
  const absl::StatusCode ends[] = {absl::StatusCode::kOk, absl::StatusCode::kCancelled,
                                   absl::StatusCode::kDeadlineExceeded, absl::StatusCode::kInternal,
                                   absl::StatusCode::kUnavailable};
  for (absl::StatusCode code : ends) {
    model.CallReceived();
    model.CallAccepted();
    model.CallCompleted(code, 0.003);
  }
  model.CallReceived();
  model.CallRejected(absl::StatusCode::kResourceExhausted, 0.00005);

  std::map<std::string, double> samples = Samples(metrics);
  EXPECT_EQ(samples[absl::StrCat("lathe_requests_received_total", kModel)], 6);
  EXPECT_EQ(samples[absl::StrCat("lathe_requests_accepted_total", kModel)], 5);
  EXPECT_EQ(samples[absl::StrCat("lathe_requests_rejected_total", kModel)], 1);
  EXPECT_EQ(samples[absl::StrCat("lathe_request_seconds_count", kModel)], 6);
  std::map<std::string, double> by_outcome, by_code;
  for (const auto& [name, value] : samples) {
    if (!absl::StrContains(name, "sentiment")) continue;
    if (absl::StartsWith(name, "lathe_requests_completed_total") && value > 0) by_outcome[name] = value;
    if (absl::StartsWith(name, "lathe_requests_total") && value > 0) by_code[name] = value;
  }
  EXPECT_THAT(by_outcome, testing::ElementsAre(testing::Pair(HasSubstr("outcome=\"cancelled\""), 1),
                                               testing::Pair(HasSubstr("outcome=\"expired\""), 1),
                                               testing::Pair(HasSubstr("outcome=\"failed\""), 2),
                                               testing::Pair(HasSubstr("outcome=\"ok\""), 1)));
  EXPECT_EQ(by_code.size(), 6u) << "each code once";
}

TEST(MetricsTest, ObservesStagesAndBatches) {
  Metrics metrics("1.2.3");
  ModelMetrics& model = metrics.AddModel("sentiment", 1);
  model.Tokenized(3, 0.00015);
  model.Queued(0.004);
  model.BatchExecuted(700, 30, 0.03);
  model.SetQueue(5, 600);
  model.SetQueueLimits(10, 5000);
  model.SetLoadSeconds(1.5);
  const std::map<std::string, double> samples = Samples(metrics);
  const auto value = [&samples](absl::string_view name) { return samples.at(absl::StrCat(name, kModel)); };
  const auto bucket = [&samples](absl::string_view name, absl::string_view bound) {
    return samples.at(absl::StrCat(name, "_bucket{model=\"sentiment\",version=\"1\",le=\"", bound, "\"}"));
  };
  EXPECT_EQ(value("lathe_texts_total"), 3);
  EXPECT_EQ(value("lathe_tokens_total"), 700);
  EXPECT_EQ(bucket("lathe_tokenize_seconds", "0.0001"), 0);
  EXPECT_EQ(bucket("lathe_tokenize_seconds", "0.0002"), 1);
  EXPECT_EQ(bucket("lathe_queue_seconds", "20"), 1);
  EXPECT_EQ(bucket("lathe_compute_seconds", "0.02"), 0);
  EXPECT_EQ(bucket("lathe_batch_tokens", "1024"), 1);
  EXPECT_EQ(bucket("lathe_batch_sequences", "32"), 1);
  EXPECT_EQ(value("lathe_batch_tokens_sum"), 700);
  EXPECT_EQ(value("lathe_queue_calls"), 5);
  EXPECT_EQ(value("lathe_queue_tokens"), 600);
  EXPECT_EQ(value("lathe_queue_calls_limit"), 10);
  EXPECT_EQ(value("lathe_queue_tokens_limit"), 5000);
  EXPECT_EQ(value("lathe_model_load_seconds"), 1.5);
}

TEST(MetricsTest, AModelAddedTwiceIsTheSame) {
  Metrics metrics("1.2.3");
  ModelMetrics& model = metrics.AddModel("sentiment", 1);
  model.CallReceived();
  EXPECT_EQ(&metrics.AddModel("sentiment", 1), &model);
  EXPECT_NE(&metrics.AddModel("sentiment", 2), &model);
  EXPECT_EQ(Samples(metrics).at(absl::StrCat("lathe_requests_received_total", kModel)), 1);
}

TEST(MetricsTest, CallsForUnknownModelsShareOneLabel) {
  Metrics metrics("1.2.3");
  metrics.unknown_model().CallReceived();
  metrics.unknown_model().CallRejected(absl::StatusCode::kNotFound, 0.0001);
  EXPECT_THAT(metrics.Render(), HasSubstr("lathe_requests_rejected_total{model=\"_unknown\"} 1\n"));
  EXPECT_THAT(metrics.Render(), Not(HasSubstr("lathe_queue_calls{model=\"_unknown\"")));
}

TEST(MetricsTest, CountersOfThreadsAddUp) {
  Metrics metrics("1.2.3");
  constexpr int kThreads = 4;
  constexpr int kCalls = 5000;
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&metrics] {
      ModelMetrics& model = metrics.AddModel("sentiment", 1);
      for (int i = 0; i < kCalls; ++i) {
        model.CallReceived();
        model.CallAccepted();
        model.CallCompleted(absl::StatusCode::kOk, 0.001);
        if (i % 1000 == 0) metrics.Render();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const std::map<std::string, double> samples = Samples(metrics);
  EXPECT_EQ(samples.at(absl::StrCat("lathe_requests_received_total", kModel)), kThreads * kCalls);
  EXPECT_EQ(samples.at(absl::StrCat("lathe_request_seconds_count", kModel)), kThreads * kCalls);
}

TEST(MetricsTest, DescribesBuildAndProcess) {
  const std::string text = Metrics("1.2.3").Render();
  EXPECT_THAT(text, HasSubstr("version=\"1.2.3\""));
  const std::map<std::string, double> samples = Samples(Metrics("1.2.3"));
  EXPECT_GT(samples.at("process_resident_memory_bytes"), 1 << 20);
  EXPECT_GT(samples.at("process_virtual_memory_bytes"), samples.at("process_resident_memory_bytes"));
  EXPECT_GE(samples.at("process_open_fds"), 3);
  EXPECT_GE(samples.at("process_max_fds"), samples.at("process_open_fds"));
  EXPECT_GE(samples.at("process_threads"), 1);
  EXPECT_GE(samples.at("process_cpu_seconds_total"), 0);
  EXPECT_NEAR(samples.at("process_start_time_seconds"), static_cast<double>(time(nullptr)), 600);
}

TEST(ProcessStatTest, ReadsFieldsAfterAnyName) {
  // A program may be named so that it looks like the end of its own name. Places 14, 15, 20, 22, 23, 24 of proc(5).
  const auto stats = ParseProcessStat(
      "7 (a) b (c) S 1 7 7 0 -1 4194304 100 0 0 0 250 150 0 0 20 0 9 0 1000 81920000 500 18446744073709551615\n", 5000);
  ASSERT_TRUE(stats.has_value());
  EXPECT_DOUBLE_EQ(stats->cpu_seconds, 4.0);
  EXPECT_EQ(stats->threads, 9);
  EXPECT_DOUBLE_EQ(stats->start_time_seconds, 5010.0);
  EXPECT_EQ(stats->virtual_bytes, 81920000);
  EXPECT_EQ(stats->resident_bytes, 500 * 4096);
  for (const char* malformed : {"", "7 (a", "7 (a) S 1 2", "7 (a) S x x x x x x x x x x x x x x x x x x x x x x x"}) {
    EXPECT_FALSE(ParseProcessStat(malformed, 0).has_value()) << malformed;
  }
}

// The judge of the text format and of naming is Prometheus' own tool.
TEST(MetricsTest, PromtoolAcceptsTheText) {
  if (std::system("command -v promtool >/dev/null") != 0) GTEST_SKIP() << "promtool is not installed";
  Metrics metrics("1.2.3");
  ModelMetrics& model = metrics.AddModel("sentiment", 1);
  metrics.AddModel("sentiment", 2);
  model.CallReceived();
  model.CallRejected(absl::StatusCode::kResourceExhausted, 0.25);
  model.BatchExecuted(700, 30, 0.03);
  const std::string file = testing::TempDir() + "metrics_test.prom";
  std::ofstream(file) << metrics.Render();
  const std::string output_file = file + ".out";
  const int result = std::system(absl::StrCat("promtool check metrics < ", file, " > ", output_file, " 2>&1").c_str());
  std::ifstream output(output_file);
  const std::string said{std::istreambuf_iterator<char>(output), std::istreambuf_iterator<char>()};
  EXPECT_EQ(result, 0) << said;
  EXPECT_EQ(said, "");
  std::remove(file.c_str());
  std::remove(output_file.c_str());
}

}  // namespace
}  // namespace lathe
