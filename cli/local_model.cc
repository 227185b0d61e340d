#include "cli/local_model.h"

#include <sys/resource.h>

#include "engine/base/status_macros.h"
#include "engine/runtime/cpu_count.h"

namespace lathe::cli {

std::vector<Setting> LocalModelSettings(LocalModelFlags& flags) {
  return {
      {"model", PathValue(flags.model), "the model's folder: config.json, tokenizer and weights", true},
      {"device", ChoiceValue(flags.device, {"cpu"}), "what to compile for"},
      {"precision",
       EnumValue<Precision>(flags.precision,
                            {{"f32", Precision::kF32}, {"bf16", Precision::kBF16}, {"int8", Precision::kInt8}}),
       "the arithmetic of the compiled model"},
      {"threads", IntegerValue(flags.threads, 0, 1024), "threads that compute; 0: as many as this process may use"},
  };
}

absl::StatusOr<LocalModel> LoadLocalModel(const LocalModelFlags& flags, const CompileOptions& compile) {
  if (flags.model.empty()) return absl::InvalidArgumentError("--model is missing: the folder of the model");
  LocalModel local;
  local.pool = std::make_unique<ThreadPool>(flags.threads > 0 ? static_cast<int>(flags.threads) : UsableCpuCount());
  ModelOptions options;
  options.folder = flags.model;
  options.device = flags.device;
  options.compile = compile;
  options.compile.precision = flags.precision;
  options.random_weights = flags.random_weights;
  ASSIGN_OR_RETURN(local.model, Model::Load(options, local.pool.get()));
  return local;
}

int64_t PeakRssBytes() {
  struct rusage usage;
  return getrusage(RUSAGE_SELF, &usage) == 0 ? usage.ru_maxrss * int64_t{1024} : 0;
}

}  // namespace lathe::cli
