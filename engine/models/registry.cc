#include "engine/models/registry.h"

#include "absl/strings/str_cat.h"
#include "engine/models/bert.h"
#include "engine/models/distilbert.h"

namespace lathe {
namespace {

constexpr Architecture kArchitectures[] = {
    {"bert", "BertForSequenceClassification", ReadBertConfig, BuildBert},
    {"distilbert", "DistilBertForSequenceClassification", ReadDistilBertConfig, BuildDistilBert},
};

}  // namespace

absl::Span<const Architecture> Architectures() { return kArchitectures; }

const Architecture* FindArchitecture(absl::string_view model_type) {
  for (const Architecture& architecture : kArchitectures) {
    if (model_type == architecture.model_type) return &architecture;
  }
  return nullptr;
}

absl::StatusOr<Graph> BuildModel(const ModelConfig& config, const WeightSource& weights) {
  const Architecture* architecture = FindArchitecture(config.model_type);
  if (architecture == nullptr) {
    return absl::UnimplementedError(absl::StrCat("no architecture named \"", config.model_type, "\""));
  }
  return architecture->build(config, weights);
}

}  // namespace lathe
