#include "engine/models/registry.h"

#include "engine/models/bert.h"
#include "engine/models/distilbert.h"

namespace lathe {
namespace {

constexpr Architecture kArchitectures[] = {
    {"bert", "BertForSequenceClassification", ReadBertConfig},
    {"distilbert", "DistilBertForSequenceClassification", ReadDistilBertConfig},
};

}  // namespace

absl::Span<const Architecture> Architectures() { return kArchitectures; }

const Architecture* FindArchitecture(absl::string_view model_type) {
  for (const Architecture& architecture : kArchitectures) {
    if (model_type == architecture.model_type) return &architecture;
  }
  return nullptr;
}

}  // namespace lathe
