#include "server/observability/process_metrics.h"

#include <optional>
#include <utility>

#include "server/observability/process_stats.h"

namespace lathe {
namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;

MetricFamily MakeFamily(const char* name, const char* help, MetricType type, double value) {
  prometheus::ClientMetric metric;
  (type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
  MetricFamily family;
  family.name = name;
  family.help = help;
  family.type = type;
  family.metric.push_back(std::move(metric));
  return family;
}

}  // namespace

std::vector<MetricFamily> ProcessMetrics::Collect() const {
  const std::optional<ProcessStats> stats = ReadProcessStats();
  if (!stats) return {};
  const auto gauge = [](const char* name, const char* help, auto value) {
    return MakeFamily(name, help, MetricType::Gauge, static_cast<double>(value));
  };
  return {
      MakeFamily("process_cpu_seconds_total", "CPU time used, user and system.", MetricType::Counter,
                 stats->cpu_seconds),
      gauge("process_start_time_seconds", "When the process started, since 1970.", stats->start_time_seconds),
      gauge("process_resident_memory_bytes", "Memory in use that is not swapped out.", stats->resident_bytes),
      gauge("process_virtual_memory_bytes", "Address space in use.", stats->virtual_bytes),
      gauge("process_open_fds", "Open file descriptors.", stats->open_fds),
      gauge("process_max_fds", "The most file descriptors that may be open.", stats->max_fds),
      gauge("process_threads", "Threads of the process.", stats->threads),
  };
}

}  // namespace lathe
