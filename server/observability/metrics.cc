#include "server/observability/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <array>
#include <map>
#include <sstream>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/mutex.h"
#include "server/observability/process_metrics.h"

namespace lathe {
namespace {

using prometheus::Counter;
using prometheus::Gauge;
using prometheus::Histogram;
using prometheus::Labels;
using prometheus::Registry;
template <typename T>
using Family = prometheus::Family<T>;

// What a model that is not configured is called; names of models begin with a letter or a digit.
constexpr char kUnknownModel[] = "_unknown";

constexpr int kStatusCodes = static_cast<int>(absl::StatusCode::kUnauthenticated) + 1;

// How an accepted call ends.
enum Outcome { kOk, kFailed, kCancelled, kExpired, kOutcomes };
constexpr std::array<const char*, kOutcomes> kOutcomeNames = {"ok", "failed", "cancelled", "expired"};

Outcome OutcomeOf(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kOk:
      return kOk;
    case absl::StatusCode::kCancelled:
      return kCancelled;
    case absl::StatusCode::kDeadlineExceeded:
      return kExpired;
    default:
      return kFailed;
  }
}

// 1, 2, 5 a decade from 100 microseconds, where an answer of a small model is, to 20 seconds, past any useful deadline.
const std::vector<double>& SecondsBuckets() {
  static const auto& buckets =
      *new std::vector<double>{1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20};
  return buckets;
}

// 1, 2, 4, ... `largest`.
std::vector<double> PowersOfTwo(double largest) {
  std::vector<double> buckets;
  for (double bound = 1; bound <= largest; bound *= 2) buckets.push_back(bound);
  return buckets;
}

Family<Counter>& AddCounter(Registry& registry, const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}

Family<Gauge>& AddGauge(Registry& registry, const char* name, const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
}

Family<Histogram>& AddHistogram(Registry& registry, const char* name, const char* help) {
  return prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
}

Labels With(Labels labels, const char* name, absl::string_view value) {
  labels.emplace(name, std::string(value));
  return labels;
}

// absl's name of a status code; gRPC's is the same but for the code that gRPC calls by its number, of which there is
// none.
std::string CodeName(int code) { return absl::StatusCodeToString(static_cast<absl::StatusCode>(code)); }

}  // namespace

struct Metrics::Families {
  Registry registry;
  ProcessMetrics process;

  Family<Counter>& received = AddCounter(registry, "lathe_requests_received_total", "Calls that arrived.");
  Family<Counter>& accepted = AddCounter(registry, "lathe_requests_accepted_total", "Calls admitted to the queue.");
  Family<Counter>& rejected =
      AddCounter(registry, "lathe_requests_rejected_total", "Calls answered with an error before admission.");
  Family<Counter>& completed =
      AddCounter(registry, "lathe_requests_completed_total", "Accepted calls by how they ended.");
  Family<Counter>& requests =
      AddCounter(registry, "lathe_requests_total", "Answered calls, rejected ones included, by gRPC status code.");
  Family<Histogram>& request_seconds =
      AddHistogram(registry, "lathe_request_seconds", "Time from a call's arrival to its answer.");
  Family<Histogram>& tokenize_seconds =
      AddHistogram(registry, "lathe_tokenize_seconds", "Time to tokenize the texts of a call.");
  Family<Histogram>& queue_seconds =
      AddHistogram(registry, "lathe_queue_seconds", "Time of a call from admission to the start of its first batch.");
  Family<Histogram>& compute_seconds = AddHistogram(registry, "lathe_compute_seconds", "Time to execute a batch.");
  Family<Histogram>& batch_tokens = AddHistogram(registry, "lathe_batch_tokens", "Tokens in an executed batch.");
  Family<Histogram>& batch_sequences =
      AddHistogram(registry, "lathe_batch_sequences", "Sequences in an executed batch.");
  Family<Counter>& tokens = AddCounter(registry, "lathe_tokens_total", "Tokens computed, special tokens included.");
  Family<Counter>& texts = AddCounter(registry, "lathe_texts_total", "Texts, or pairs of texts, tokenized.");
  Family<Gauge>& queue_calls = AddGauge(registry, "lathe_queue_calls", "Calls waiting for a batch.");
  Family<Gauge>& queue_tokens = AddGauge(registry, "lathe_queue_tokens", "Tokens waiting for a batch.");
  Family<Gauge>& queue_calls_limit = AddGauge(registry, "lathe_queue_calls_limit", "The most calls that may wait.");
  Family<Gauge>& queue_tokens_limit = AddGauge(registry, "lathe_queue_tokens_limit", "The most tokens that may wait.");
  Family<Gauge>& load_seconds = AddGauge(registry, "lathe_model_load_seconds",
                                         "Time that the last load of the model took, compilation included.");

  Mutex mutex;
  std::map<std::pair<std::string, int64_t>, std::unique_ptr<ModelMetrics>> models ABSL_GUARDED_BY(mutex);
  std::unique_ptr<ModelMetrics> unknown;
};

// The time series of one model, looked up once. Those of the stages stay null for the unknown model.
struct ModelMetrics::Handles {
  Handles(Metrics::Families& families, const Labels& labels)
      : received(families.received.Add(labels)),
        accepted(families.accepted.Add(labels)),
        rejected(families.rejected.Add(labels)),
        request_seconds(families.request_seconds.Add(labels, SecondsBuckets())) {
    for (int i = 0; i < kOutcomes; ++i) {
      completed[i] = &families.completed.Add(With(labels, "outcome", kOutcomeNames[i]));
    }
    for (int code = 0; code < kStatusCodes; ++code) {
      requests[code] = &families.requests.Add(With(labels, "code", CodeName(code)));
    }
  }

  void AddStages(Metrics::Families& families, const Labels& labels) {
    tokenize_seconds = &families.tokenize_seconds.Add(labels, SecondsBuckets());
    queue_seconds = &families.queue_seconds.Add(labels, SecondsBuckets());
    compute_seconds = &families.compute_seconds.Add(labels, SecondsBuckets());
    batch_tokens = &families.batch_tokens.Add(labels, PowersOfTwo(1 << 15));
    batch_sequences = &families.batch_sequences.Add(labels, PowersOfTwo(1 << 10));
    tokens = &families.tokens.Add(labels);
    texts = &families.texts.Add(labels);
    queue_calls = &families.queue_calls.Add(labels);
    queue_tokens = &families.queue_tokens.Add(labels);
    queue_calls_limit = &families.queue_calls_limit.Add(labels);
    queue_tokens_limit = &families.queue_tokens_limit.Add(labels);
    load_seconds = &families.load_seconds.Add(labels);
  }

  void Answered(absl::StatusCode code, double seconds) {
    // A code outside the enumeration can only be cast into it; it is counted as UNKNOWN, as gRPC would send it.
    const int index = static_cast<int>(code);
    const bool known = index >= 0 && index < kStatusCodes;
    requests[known ? index : static_cast<int>(absl::StatusCode::kUnknown)]->Increment();
    request_seconds.Observe(seconds);
  }

  Counter& received;
  Counter& accepted;
  Counter& rejected;
  Histogram& request_seconds;
  std::array<Counter*, kOutcomes> completed = {};
  std::array<Counter*, kStatusCodes> requests = {};
  Histogram* tokenize_seconds = nullptr;
  Histogram* queue_seconds = nullptr;
  Histogram* compute_seconds = nullptr;
  Histogram* batch_tokens = nullptr;
  Histogram* batch_sequences = nullptr;
  Counter* tokens = nullptr;
  Counter* texts = nullptr;
  Gauge* queue_calls = nullptr;
  Gauge* queue_tokens = nullptr;
  Gauge* queue_calls_limit = nullptr;
  Gauge* queue_tokens_limit = nullptr;
  Gauge* load_seconds = nullptr;
};

ModelMetrics::ModelMetrics(std::unique_ptr<Handles> handles) : handles_(std::move(handles)) {}
ModelMetrics::~ModelMetrics() = default;

void ModelMetrics::CallReceived() { handles_->received.Increment(); }

void ModelMetrics::CallRejected(absl::StatusCode code, double seconds) {
  handles_->rejected.Increment();
  handles_->Answered(code, seconds);
}

void ModelMetrics::CallAccepted() { handles_->accepted.Increment(); }

void ModelMetrics::CallCompleted(absl::StatusCode code, double seconds) {
  handles_->completed[OutcomeOf(code)]->Increment();
  handles_->Answered(code, seconds);
}

void ModelMetrics::Tokenized(int64_t texts, double seconds) {
  handles_->texts->Increment(static_cast<double>(texts));
  handles_->tokenize_seconds->Observe(seconds);
}

void ModelMetrics::Queued(double seconds) { handles_->queue_seconds->Observe(seconds); }

void ModelMetrics::BatchExecuted(int64_t tokens, int64_t sequences, double seconds) {
  handles_->tokens->Increment(static_cast<double>(tokens));
  handles_->batch_tokens->Observe(static_cast<double>(tokens));
  handles_->batch_sequences->Observe(static_cast<double>(sequences));
  handles_->compute_seconds->Observe(seconds);
}

void ModelMetrics::SetQueue(int64_t calls, int64_t tokens) {
  handles_->queue_calls->Set(static_cast<double>(calls));
  handles_->queue_tokens->Set(static_cast<double>(tokens));
}

void ModelMetrics::SetQueueLimits(int64_t calls, int64_t tokens) {
  handles_->queue_calls_limit->Set(static_cast<double>(calls));
  handles_->queue_tokens_limit->Set(static_cast<double>(tokens));
}

void ModelMetrics::SetLoadSeconds(double seconds) { handles_->load_seconds->Set(seconds); }

Metrics::Metrics(absl::string_view version) : families_(std::make_unique<Families>()) {
  Family<Gauge>& build = AddGauge(families_->registry, "lathe_build_info", "The build that runs; always 1.");
  build.Add({{"version", std::string(version)}, {"compiler", LATHE_COMPILER}}).Set(1);
  auto handles = std::make_unique<ModelMetrics::Handles>(*families_, Labels{{"model", kUnknownModel}});
  families_->unknown.reset(new ModelMetrics(std::move(handles)));
}

Metrics::~Metrics() = default;

ModelMetrics& Metrics::AddModel(absl::string_view name, int64_t version) {
  MutexLock lock(&families_->mutex);
  std::unique_ptr<ModelMetrics>& model = families_->models[{std::string(name), version}];
  if (model == nullptr) {
    const Labels labels = {{"model", std::string(name)}, {"version", absl::StrCat(version)}};
    auto handles = std::make_unique<ModelMetrics::Handles>(*families_, labels);
    handles->AddStages(*families_, labels);
    model.reset(new ModelMetrics(std::move(handles)));
  }
  return *model;
}

ModelMetrics& Metrics::unknown_model() { return *families_->unknown; }

std::string Metrics::Render() const {
  std::vector<prometheus::MetricFamily> families = families_->registry.Collect();
  for (prometheus::MetricFamily& family : families_->process.Collect()) families.push_back(std::move(family));
  std::ostringstream text;
  prometheus::TextSerializer().Serialize(text, families);
  return text.str();
}

}  // namespace lathe
