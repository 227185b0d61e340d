// What a call pays for being observed.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "server/observability/log.h"
#include "server/observability/metrics.h"

namespace lathe {
namespace {

// Everything that is counted for one call that is answered.
void BM_CallMetrics(benchmark::State& state) {
  static Metrics metrics("bench");
  ModelMetrics& model = metrics.AddModel("sentiment", 1);
  for (auto _ : state) {
    model.CallReceived();
    model.Tokenized(1, 0.0001);
    model.CallAccepted();
    model.SetQueue(1, 25);
    model.Queued(0.001);
    model.CallCompleted(absl::StatusCode::kOk, 0.003);
  }
}
BENCHMARK(BM_CallMetrics)->Threads(1)->Threads(2);

void BM_BatchMetrics(benchmark::State& state) {
  Metrics metrics("bench");
  ModelMetrics& model = metrics.AddModel("sentiment", 1);
  for (auto _ : state) model.BatchExecuted(4000, 160, 0.05);
}
BENCHMARK(BM_BatchMetrics);

// A scrape of this many models.
void BM_Render(benchmark::State& state) {
  Metrics metrics("bench");
  for (int i = 0; i < state.range(0); ++i) metrics.AddModel("model" + std::to_string(i), 1);
  for (auto _ : state) benchmark::DoNotOptimize(metrics.Render());
}
BENCHMARK(BM_Render)->Arg(1)->Arg(10);

void BM_FormatLogLine(benchmark::State& state) {
  const std::string id = NewRequestId();
  const std::vector<LogField> fields = {{kRequestIdField, id}, {"model", "sentiment"}, {"seconds", 0.0123}};
  for (auto _ : state) {
    benchmark::DoNotOptimize(FormatLogLine(LogFormat::kJson, absl::Now(), LogLevel::kInfo, "call answered", fields));
  }
}
BENCHMARK(BM_FormatLogLine);

void BM_LogBelowTheLevel(benchmark::State& state) {
  for (auto _ : state) Log(LogLevel::kDebug, "left out", {{"seconds", 0.5}});
}
BENCHMARK(BM_LogBelowTheLevel);

}  // namespace
}  // namespace lathe
