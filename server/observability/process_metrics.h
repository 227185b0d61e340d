// process_*: the metrics that every Prometheus client library gives of its own process, under their standard names.
// Source: Prometheus, "Writing client libraries", process metrics.
#ifndef LATHE_SERVER_OBSERVABILITY_PROCESS_METRICS_H_
#define LATHE_SERVER_OBSERVABILITY_PROCESS_METRICS_H_

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <vector>

namespace lathe {

// Thread-safe.
class ProcessMetrics : public prometheus::Collectable {
 public:
  // Reads the process's state now; no metrics where /proc cannot be read.
  std::vector<prometheus::MetricFamily> Collect() const override;
};

}  // namespace lathe

#endif  // LATHE_SERVER_OBSERVABILITY_PROCESS_METRICS_H_
