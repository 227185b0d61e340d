#include "server/registry/load_model.h"

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/loader/model.h"
#include "engine/runtime/device.h"
#include "engine/tokenizers/tokenizer.h"

namespace lathe {
namespace {

// Batches of a served model, on the engine. The engine shares its threads between lanes by itself.
class EngineRunner final : public BatchRunner {
 public:
  explicit EngineRunner(std::unique_ptr<Model> model) : model_(std::move(model)) {}

  int64_t labels() const override { return model_->labels(); }
  absl::Status Run(const Batch& batch, int lane, absl::Span<float> logits) override {
    return model_->Run(batch, logits);
  }

 private:
  const std::unique_ptr<Model> model_;
};

absl::StatusOr<ModelOptions> OptionsOf(const Manifest& manifest) {
  ModelOptions options;
  options.folder = manifest.model_folder;
  options.device = manifest.device;
  ASSIGN_OR_RETURN(options.compile.precision,
                   Annotate(ParsePrecision(manifest.precision), manifest.places.Of("precision")));
  return options;
}

// What the tokenizer adds to a pair of texts.
absl::StatusOr<int64_t> SpecialTokens(const Tokenizer& tokenizer) {
  ASSIGN_OR_RETURN(const Encoding empty, tokenizer.Encode("", "", EncodeOptions()));
  return static_cast<int64_t>(empty.ids.size());
}

absl::StatusOr<ServedModelOptions> ServedOptionsOf(const Manifest& manifest, const Model& model) {
  ServedModelOptions options;
  options.name = manifest.name;
  options.version = manifest.version;
  options.labels = model.config().labels;
  options.problem_type = model.config().problem_type;
  ASSIGN_OR_RETURN(options.max_length, ServedMaxLength(manifest, model.max_length()));
  ASSIGN_OR_RETURN(options.min_length, SpecialTokens(*model.tokenizer()));
  if (options.max_length < options.min_length) {
    return absl::InvalidArgumentError(absl::StrCat(manifest.places.Of("max_length"), ": got ", options.max_length,
                                                   ", wanted room for ", options.min_length, " special tokens"));
  }
  options.truncation = manifest.truncation;
  options.max_texts_per_call = manifest.limits.max_texts_per_call;
  options.max_bytes_per_text = manifest.limits.max_bytes_per_text;
  options.batching.lanes = static_cast<int>(manifest.lanes);
  options.batching.token_budget = manifest.batching.max_tokens;
  options.batching.max_queue_tokens = manifest.batching.max_queue_tokens;
  options.batching.max_queue_calls = manifest.batching.max_queue_calls;
  return options;
}

// Runs one text as long as the model takes, so that the first call finds memory mapped and code paged in.
absl::Status WarmUp(const Model& model, int64_t max_length) {
  const std::vector<int32_t> zeros(max_length, 0);
  std::vector<int32_t> positions(max_length);
  for (int64_t i = 0; i < max_length; ++i) positions[i] = static_cast<int32_t>(i);
  const std::vector<int32_t> cu_seqlens = {0, static_cast<int32_t>(max_length)};
  std::vector<float> logits(model.labels());
  return model.Run({zeros, zeros, positions, cu_seqlens}, absl::MakeSpan(logits));
}

}  // namespace

absl::StatusOr<std::shared_ptr<ServedModel>> LoadServedModel(const Manifest& manifest, ThreadPool& pool,
                                                             ModelMetrics& metrics, const Clock& clock) {
  const TimePoint start = clock.Now();
  ASSIGN_OR_RETURN(const ModelOptions model_options, OptionsOf(manifest));
  ASSIGN_OR_RETURN(std::unique_ptr<Model> model, Annotate(Model::Load(model_options, &pool), manifest.places.file));
  ASSIGN_OR_RETURN(ServedModelOptions options, ServedOptionsOf(manifest, *model));
  RETURN_IF_ERROR(Annotate(WarmUp(*model, options.max_length), manifest.places.file));
  metrics.SetLoadSeconds(Seconds(clock.Now() - start));
  const Tokenizer& tokenizer = *model->tokenizer();
  return std::make_shared<ServedModel>(std::move(options), tokenizer, std::make_unique<EngineRunner>(std::move(model)),
                                       metrics, clock);
}

}  // namespace lathe
