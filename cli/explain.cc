// lathe explain: the graph before and after, the passes that changed it, and the steps with their kernels and times.
#include <algorithm>
#include <ostream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "cli/commands.h"
#include "cli/local_model.h"
#include "cli/synthetic.h"
#include "engine/base/status_macros.h"
#include "engine/ir/text.h"

namespace lathe::cli {
namespace {

// The first run pages memory in, and any may be interrupted: a step's time is its least.
constexpr int kRuns = 5;

class ExplainCommand final : public Command {
 public:
  std::vector<Setting> flags() override {
    std::vector<Setting> settings = LocalModelSettings(model_flags_);
    settings.push_back({"shape", FreeTextValue(shape_, "SEQUENCESxTOKENS"), "the batch that is measured"});
    settings.push_back({"graphs", BooleanValue(graphs_), "print the graph after each pass that changed it"});
    settings.push_back(
        {"disable_passes", FreeTextValue(disabled_, "names separated by commas"), "passes to leave out"});
    settings.push_back({"random_weights", BooleanValue(model_flags_.random_weights),
                        "make weights up: the folder need hold config.json alone"});
    return settings;
  }

  absl::Status Run(CommandIo& io) override {
    RETURN_IF_ERROR(WantNoWords(io));
    ASSIGN_OR_RETURN(const std::vector<int64_t> lengths, ParseShape(shape_));
    CompileOptions compile;
    compile.keep_texts = graphs_;
    compile.disabled_passes = absl::StrSplit(disabled_, ',', absl::SkipEmpty());
    ASSIGN_OR_RETURN(const LocalModel local, LoadLocalModel(model_flags_, compile));
    const Model& model = *local.model;
    if (lengths[0] > model.max_length()) {
      return absl::InvalidArgumentError(
          absl::StrCat("--shape: got ", lengths[0], " tokens, wanted at most ", model.max_length()));
    }
    const PackedBatch batch = SyntheticBatch(lengths, model.config().vocabulary);
    const Batch view = batch.view();
    ASSIGN_OR_RETURN(std::vector<StepRecord> steps, model.Explain(&view));
    for (int run = 1; run < kRuns; ++run) {
      ASSIGN_OR_RETURN(const std::vector<StepRecord> again, model.Explain(&view));
      for (size_t i = 0; i < steps.size(); ++i) steps[i].seconds = std::min(steps[i].seconds, again[i].seconds);
    }

    io.out << "# graph before\n\n" << Print(model.graph()) << "\n# stages\n\n";
    PrintStages(model.executable().stages(), io.out);
    io.out << "\n# graph after\n\n" << Print(model.executable().graph()) << "\n";
    PrintSteps(steps, view, io.out);
    const int64_t arena = model.executable().arena_bytes({view.tokens(), view.sequences()}, lengths[0]);
    io.out << absl::StrFormat("\nweights %.1f MiB, arena %.1f MiB for this batch\n",
                              static_cast<double>(model.executable().weight_bytes()) / (1 << 20),
                              static_cast<double>(arena) / (1 << 20));
    return absl::OkStatus();
  }

 private:
  static void PrintStages(absl::Span<const StageRecord> stages, std::ostream& out) {
    for (const StageRecord& stage : stages) {
      out << absl::StrFormat("  %-16s %9.3f ms%s\n", stage.name, stage.seconds * 1e3,
                             stage.changed ? "  changed the graph" : "");
      if (!stage.graph_text.empty()) out << "\n" << stage.graph_text << "\n";
    }
  }

  static void PrintSteps(const std::vector<StepRecord>& steps, const Batch& batch, std::ostream& out) {
    double total = 0;
    double flops = 0;
    for (const StepRecord& step : steps) {
      total += step.seconds;
      flops += step.flops;
    }
    out << absl::StrFormat("# steps: %d sequences, %d tokens, one thread\n\n", batch.sequences(), batch.tokens());
    for (const StepRecord& step : steps) {
      const CandidateRecord& chosen = step.candidates.back();
      out << absl::StrFormat("  %-10s %-18s %-28s %8.3f ms %5.1f %%  %7.1f GFLOP/s %6.1f GB/s  %s\n", step.value,
                             step.type, chosen.kernel, step.seconds * 1e3, 100 * step.seconds / total,
                             step.flops / step.seconds * 1e-9, step.bytes / step.seconds * 1e-9, step.form);
      for (const CandidateRecord& candidate : step.candidates) {
        if (!candidate.refusal.empty())
          out << "             not " << candidate.kernel << ": " << candidate.refusal << "\n";
      }
    }
    out << absl::StrFormat("\n  total %.3f ms, %.1f GFLOP, %.1f GFLOP/s\n", total * 1e3, flops * 1e-9,
                           flops / total * 1e-9);
  }

  LocalModelFlags model_flags_;
  std::string shape_ = "8x64";
  std::string disabled_;
  bool graphs_ = false;
};

}  // namespace

std::unique_ptr<Command> MakeExplain() { return std::make_unique<ExplainCommand>(); }

}  // namespace lathe::cli
