// The server's metrics, in Prometheus' terms. README.md lists them.
//
//   Metrics metrics(Version());
//   ModelMetrics& model = metrics.AddModel("sentiment", 1);     // Once, at load.
//   model.CallReceived();                                       // Per call: no look-up, no allocation.
//
// Every call is received once, then either rejected or accepted, and if accepted then completed, exactly once each:
//   received = rejected + accepted         accepted = ok + failed + cancelled + expired   (once nothing is in flight)
#ifndef LATHE_SERVER_OBSERVABILITY_METRICS_H_
#define LATHE_SERVER_OBSERVABILITY_METRICS_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace lathe {

// What one version of a model counts. Thread-safe; lives as long as its Metrics.
class ModelMetrics {
 public:
  ~ModelMetrics();
  ModelMetrics(const ModelMetrics&) = delete;
  ModelMetrics& operator=(const ModelMetrics&) = delete;

  // The life of a call. `seconds` is from its arrival to its answer.
  void CallReceived();
  void CallRejected(absl::StatusCode code, double seconds);
  void CallAccepted();
  // Of an accepted call: kOk counts as ok, kCancelled as cancelled, kDeadlineExceeded as expired, any other as failed.
  void CallCompleted(absl::StatusCode code, double seconds);

  // The stages of an accepted call.
  void Tokenized(int64_t texts, double seconds);
  void Queued(double seconds);  // From admission to the start of its (first) batch.

  // One executed batch.
  void BatchExecuted(int64_t tokens, int64_t sequences, double seconds);

  // The queue as it is now, and its limits.
  void SetQueue(int64_t calls, int64_t tokens);
  void SetQueueLimits(int64_t calls, int64_t tokens);

  void SetLoadSeconds(double seconds);

 private:
  friend class Metrics;
  struct Handles;
  explicit ModelMetrics(std::unique_ptr<Handles> handles);

  std::unique_ptr<Handles> handles_;
};

// All metrics of the process. Thread-safe.
class Metrics {
 public:
  explicit Metrics(absl::string_view version);
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // The metrics of a configured model, all at 0 when new; the same ones when it was added before.
  ModelMetrics& AddModel(absl::string_view name, int64_t version);

  // Where calls for models that are not configured are counted, under the label `_unknown`, which no model can have:
  // what clients send never becomes a label. Only the life of a call is counted there.
  ModelMetrics& unknown_model();

  // All metrics in Prometheus' text format, those of the process (CPU, memory, descriptors, threads) read just now.
  std::string Render() const;

  // The Content-Type of what Render returns.
  static constexpr absl::string_view kContentType = "text/plain; version=0.0.4; charset=utf-8";

 private:
  friend class ModelMetrics;
  struct Families;
  std::unique_ptr<Families> families_;
};

}  // namespace lathe

#endif  // LATHE_SERVER_OBSERVABILITY_METRICS_H_
