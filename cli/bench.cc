// lathe bench: times a compiled model on synthetic ids, and prints one JSON line.
#include <algorithm>
#include <functional>
#include <ostream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cli/commands.h"
#include "cli/local_model.h"
#include "cli/synthetic.h"
#include "engine/base/status_macros.h"
#include "engine/base/stopwatch.h"
#include "nlohmann/json.hpp"

namespace lathe::cli {
namespace {

// Without --iterations: as many as fill this, at least three.
constexpr double kMeasureSeconds = 3;
constexpr size_t kIterationsMin = 3;

struct Times {
  double median = 0;
  double minimum = 0;
};

// Runs `body` twice to warm up, then times it.
absl::StatusOr<Times> Measure(int64_t iterations, const std::function<absl::Status()>& body) {
  for (int i = 0; i < 2; ++i) RETURN_IF_ERROR(body());
  std::vector<double> seconds;
  const Stopwatch total;
  const auto more = [&] {
    if (iterations > 0) return static_cast<int64_t>(seconds.size()) < iterations;
    return seconds.size() < kIterationsMin || total.seconds() < kMeasureSeconds;
  };
  while (more()) {
    const Stopwatch stopwatch;
    RETURN_IF_ERROR(body());
    seconds.push_back(stopwatch.seconds());
  }
  std::sort(seconds.begin(), seconds.end());
  const size_t half = seconds.size() / 2;
  const double median = seconds.size() % 2 == 1 ? seconds[half] : (seconds[half - 1] + seconds[half]) / 2;
  return Times{median, seconds[0]};
}

class BenchCommand final : public Command {
 public:
  std::vector<Setting> flags() override {
    std::vector<Setting> settings = LocalModelSettings(model_flags_);
    settings.push_back({"shape", FreeTextValue(shape_, "SEQUENCESxTOKENS"), "the batch, such as 32x128"});
    settings.push_back(
        {"lengths", PathValue(lengths_), "instead of --shape: a JSON array of token counts, run in batches"});
    settings.push_back(
        {"batch", IntegerValue(batch_, 1, 1 << 20), "with --lengths: sequences in a batch, in file order"});
    settings.push_back(
        {"iterations", IntegerValue(iterations_, 0, 1 << 20), "timed runs; 0: as many as fill 3 seconds"});
    settings.push_back({"random_weights", BooleanValue(model_flags_.random_weights),
                        "make weights up: the folder need hold config.json alone"});
    return settings;
  }

  absl::Status Run(CommandIo& io) override {
    RETURN_IF_ERROR(WantNoWords(io));
    std::vector<int64_t> lengths;
    if (lengths_.empty()) {
      ASSIGN_OR_RETURN(lengths, ParseShape(shape_));
    } else {
      ASSIGN_OR_RETURN(lengths, ReadLengths(lengths_));
    }
    ASSIGN_OR_RETURN(const LocalModel local, LoadLocalModel(model_flags_));
    const Model& model = *local.model;
    for (const int64_t length : lengths) {
      if (length <= model.max_length()) continue;
      return absl::InvalidArgumentError(
          absl::StrCat("got a length of ", length, ", wanted at most the model's ", model.max_length()));
    }
    const size_t step = lengths_.empty() ? lengths.size() : static_cast<size_t>(batch_);
    std::vector<PackedBatch> batches;
    for (size_t i = 0; i < lengths.size(); i += step) {
      batches.push_back(SyntheticBatch(absl::MakeConstSpan(lengths).subspan(i, step), model.config().vocabulary));
    }
    std::vector<float> logits;
    const auto pass = [&]() -> absl::Status {
      for (const PackedBatch& batch : batches) {
        logits.resize(static_cast<size_t>(batch.view().sequences() * model.labels()));
        RETURN_IF_ERROR(model.Run(batch.view(), absl::MakeSpan(logits)));
      }
      return absl::OkStatus();
    };
    ASSIGN_OR_RETURN(const Times times, Measure(iterations_, pass));
    Print(local, lengths, batches, times, io.out);
    return absl::OkStatus();
  }

 private:
  void Print(const LocalModel& local, const std::vector<int64_t>& lengths, const std::vector<PackedBatch>& batches,
             const Times& times, std::ostream& out) const {
    const Model& model = *local.model;
    int64_t tokens = 0;
    int64_t arena_bytes = 0;
    for (const PackedBatch& batch : batches) {
      tokens += batch.tokens();
      const Extents extents = {batch.tokens(), batch.view().sequences()};
      arena_bytes = std::max(
          arena_bytes, model.executable().arena_bytes(extents, *std::max_element(lengths.begin(), lengths.end())));
    }
    const double sequences = static_cast<double>(lengths.size());
    nlohmann::ordered_json json;
    json["model"] = model_flags_.model;
    json["device"] = model_flags_.device;
    json["precision"] = std::string(Name(model_flags_.precision));
    json["threads"] = local.pool->threads();
    json["sequences"] = lengths.size();
    json["tokens"] = tokens;
    json["load_seconds"] = model.load_times().load;
    json["compile_seconds"] = model.load_times().compile;
    json["pack_seconds"] = model.load_times().pack;
    json["median_latency_ms"] = times.median * 1e3;
    json["minimum_latency_ms"] = times.minimum * 1e3;
    json["sequences_per_second"] = sequences / times.median;
    json["sequences_per_second_best"] = sequences / times.minimum;
    json["tokens_per_second"] = static_cast<double>(tokens) / times.median;
    json["arena_bytes"] = arena_bytes;
    json["weight_bytes"] = model.executable().weight_bytes();
    json["peak_rss_bytes"] = PeakRssBytes();
    out << json.dump() << "\n";
  }

  LocalModelFlags model_flags_;
  std::string shape_ = "32x128";
  std::string lengths_;
  int64_t batch_ = 32;
  int64_t iterations_ = 0;
};

}  // namespace

std::unique_ptr<Command> MakeBench() { return std::make_unique<BenchCommand>(); }

}  // namespace lathe::cli
