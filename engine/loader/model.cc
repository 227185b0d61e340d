#include "engine/loader/model.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/base/stopwatch.h"
#include "engine/devices/registry.h"
#include "engine/models/registry.h"
#include "engine/models/weight_source.h"
#include "engine/weights/weights.h"

namespace lathe {
namespace {

// The seed of random weights: any, so long as it is always the same.
constexpr uint64_t kRandomSeed = 1;

absl::Status CheckVocabulary(const Tokenizer& tokenizer, const ModelConfig& config, const std::string& folder) {
  if (tokenizer.vocabulary_size() <= config.vocabulary) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(folder, ": the tokenizer gives ids up to ", tokenizer.vocabulary_size() - 1, ", wanted at most ",
                   config.vocabulary - 1, " (config.json: vocab_size ", config.vocabulary, ")"));
}

// The memory of an execution over a text batch.
struct TextExecution {
  const void* inputs[4];
  void* outputs[1];
  Execution execution;
};

void Bind(const Batch& batch, float* logits, TextExecution* text) {
  text->inputs[0] = batch.token_ids.data();
  text->inputs[1] = batch.segment_ids.data();
  text->inputs[2] = batch.positions.data();
  text->inputs[3] = batch.cu_seqlens.data();
  text->outputs[0] = logits;
  text->execution = {{batch.tokens(), batch.sequences()}, text->inputs, text->outputs};
}

absl::Status CheckBatch(const Batch& batch) {
  const size_t tokens = batch.token_ids.size();
  if (batch.cu_seqlens.size() >= 2 && batch.segment_ids.size() == tokens && batch.positions.size() == tokens) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat("batch: got ", tokens, " token ids, ", batch.segment_ids.size(),
                                                 " segment ids, ", batch.positions.size(), " positions and ",
                                                 batch.cu_seqlens.size(), " cu_seqlens, wanted one sequence or more"));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Model>> Model::Load(const ModelOptions& options, ThreadPool* pool) {
  const Stopwatch load_time;
  auto model = std::unique_ptr<Model>(new Model);
  ASSIGN_OR_RETURN(const Device* const device, FindDevice(options.device));
  ASSIGN_OR_RETURN(model->config_, LoadModelConfig(options.folder));
  std::unique_ptr<WeightSource> source;
  if (options.random_weights) {
    source = RandomWeights(kRandomSeed);
  } else {
    ASSIGN_OR_RETURN(model->tokenizer_, Tokenizer::Load(options.folder));
    RETURN_IF_ERROR(CheckVocabulary(*model->tokenizer_, model->config_, options.folder));
    ASSIGN_OR_RETURN(std::shared_ptr<const Weights> weights, LoadWeights(options.folder));
    source = StoredWeights(std::move(weights));
  }
  ASSIGN_OR_RETURN(model->graph_, Annotate(BuildModel(model->config_, *source), options.folder));
  model->load_times_.load = load_time.seconds();

  const Stopwatch compile_time;
  ASSIGN_OR_RETURN(model->executable_, Annotate(device->Compile(model->graph_, options.compile, pool), options.folder));
  for (const StageRecord& stage : model->executable_->stages()) {
    if (stage.name == "pack_constants") model->load_times_.pack = stage.seconds;
  }
  model->load_times_.compile = compile_time.seconds() - model->load_times_.pack;
  // So that no mapping of the files outlives loading: a checkpoint may then be replaced under a running server.
  model->graph_.ReleaseConstants();
  return model;
}

absl::Status Model::Run(const Batch& batch, absl::Span<float> logits) const {
  RETURN_IF_ERROR(CheckBatch(batch));
  const size_t wanted = static_cast<size_t>(batch.sequences() * labels());
  if (logits.size() != wanted) {
    return absl::InvalidArgumentError(absl::StrCat("logits: got room for ", logits.size(), ", wanted ", wanted));
  }
  TextExecution text;
  Bind(batch, logits.data(), &text);
  return executable_->Run(text.execution);
}

absl::StatusOr<std::vector<StepRecord>> Model::Explain(const Batch* batch) const {
  if (batch == nullptr) return executable_->Explain(nullptr);
  RETURN_IF_ERROR(CheckBatch(*batch));
  std::vector<float> logits(static_cast<size_t>(batch->sequences() * labels()));
  TextExecution text;
  Bind(*batch, logits.data(), &text);
  return executable_->Explain(&text.execution);
}

}  // namespace lathe
