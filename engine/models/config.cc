#include "engine/models/config.h"

#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/file.h"
#include "engine/base/status_macros.h"
#include "engine/json/json.h"
#include "engine/models/config_reader.h"
#include "engine/models/registry.h"

namespace lathe {
namespace {

constexpr size_t kConfigBytesMax = size_t{16} << 20;  // A label map of 100,000 rows fits.

absl::StatusOr<const Architecture*> ReadArchitecture(const ConfigReader& reader) {
  const std::string known = absl::StrJoin(
      Architectures(), ", ", [](std::string* out, const Architecture& row) { absl::StrAppend(out, row.model_type); });
  ASSIGN_OR_RETURN(const std::string model_type, reader.String("model_type"));
  const Architecture* architecture = FindArchitecture(model_type);
  if (architecture == nullptr) return reader.Unsupported("model_type", Quoted(model_type), known);
  return architecture;
}

// A checkpoint says which head it has; without a say, the tensors will tell.
absl::Status CheckHead(const ConfigReader& reader, const Architecture& architecture) {
  const JsonValue* names = reader.Find("architectures");
  if (names == nullptr) return absl::OkStatus();
  if (names->array() == nullptr) return reader.Invalid("architectures", names->Describe(), "an array of strings");
  for (const JsonValue& name : *names->array()) {
    if (name.string() == nullptr) return reader.Invalid("architectures", name.Describe(), "an array of strings");
    if (*name.string() == architecture.class_name) return absl::OkStatus();
  }
  if (names->array()->empty()) return absl::OkStatus();
  return reader.Unsupported("architectures", names->array()->front().Describe(), Quoted(architecture.class_name));
}

// What changes the arithmetic of any architecture.
absl::Status RefuseVariants(const ConfigReader& reader) {
  RETURN_IF_ERROR(reader.RefuseAny("auto_map"));             // Python code beside the checkpoint.
  RETURN_IF_ERROR(reader.RefuseAny("quantization_config"));  // Packed weights.
  RETURN_IF_ERROR(reader.RefuseAny("pruned_heads"));         // Layers of different sizes.
  return reader.RefuseTrue("is_encoder_decoder");
}

// {"0": "NEGATIVE", "1": "POSITIVE"}: every index from 0 on, once, in any order.
absl::StatusOr<std::vector<std::string>> ParseLabelMap(const ConfigReader& reader, const JsonValue& map) {
  const std::string wanted = "an object that maps \"0\", \"1\", ... to names";
  if (map.object() == nullptr || map.object()->empty()) return reader.Invalid("id2label", map.Describe(), wanted);
  const int64_t count = static_cast<int64_t>(map.object()->size());
  if (count > kLabelsMax) {
    return reader.Invalid("id2label", absl::StrCat(count, " labels"), absl::StrCat("at most ", kLabelsMax));
  }
  std::vector<std::optional<std::string>> found(count);
  for (const auto& [key, name] : *map.object()) {
    int64_t index;
    // The text that the index prints as: "1", and neither "01" nor "+1".
    if (!absl::SimpleAtoi(key, &index) || absl::StrCat(index) != key || index < 0 || index >= count) {
      return reader.Invalid("id2label", absl::StrCat("the key ", Quoted(key)),
                            absl::StrCat("each of \"0\" to \"", count - 1, "\" once"));
    }
    if (name.string() == nullptr) return reader.Invalid(absl::StrCat("id2label.", key), name.Describe(), "a string");
    found[index] = *name.string();
  }
  // As many different keys as indices, all within range: each is there.
  std::vector<std::string> labels;
  labels.reserve(found.size());
  for (std::optional<std::string>& name : found) labels.push_back(*std::move(name));
  return labels;
}

// id2label, or else num_labels names LABEL_0, LABEL_1, ...; two without either, as in transformers.
absl::Status ReadLabels(const ConfigReader& reader, ModelConfig& config) {
  const JsonValue* map = reader.Find("id2label");
  if (map != nullptr) {
    ASSIGN_OR_RETURN(config.labels, ParseLabelMap(reader, *map));
  }
  const int64_t otherwise = map != nullptr ? static_cast<int64_t>(config.labels.size()) : 2;
  ASSIGN_OR_RETURN(const int64_t count, reader.IntegerOr("num_labels", Range{1, kLabelsMax}, otherwise));
  if (map != nullptr && count != otherwise) {
    return reader.Invalid("num_labels", absl::StrCat(count), absl::StrCat("the ", otherwise, " of id2label"));
  }
  for (int64_t i = config.labels.size(); i < count; ++i) config.labels.push_back(absl::StrCat("LABEL_", i));
  return absl::OkStatus();
}

// Without a say, one output is a regression and several are classes of which one is right: what transformers' models
// take them for when they are trained.
absl::Status ReadProblemType(const ConfigReader& reader, ModelConfig& config) {
  const bool one_label = config.labels.size() == 1;
  ASSIGN_OR_RETURN(const std::string name,
                   reader.StringOr("problem_type", one_label ? "regression" : "single_label_classification"));
  if (name == "regression") {
    config.problem_type = ProblemType::kRegression;
  } else if (name == "multi_label_classification") {
    config.problem_type = ProblemType::kMultiLabel;
  } else if (name == "single_label_classification") {
    config.problem_type = ProblemType::kSingleLabel;
  } else {
    return reader.Invalid("problem_type", Quoted(name),
                          "single_label_classification, multi_label_classification or regression");
  }
  if (config.problem_type == ProblemType::kSingleLabel && one_label) {
    return reader.Invalid("problem_type", Quoted(name), "another: its only score of one label would always be 1");
  }
  return absl::OkStatus();
}

absl::Status CheckHeads(const ConfigReader& reader, const ModelConfig& config) {
  if (config.hidden % config.heads == 0) return absl::OkStatus();
  return reader.Invalid("number of heads", absl::StrCat(config.heads),
                        absl::StrCat("a divisor of the hidden size ", config.hidden));
}

}  // namespace

absl::StatusOr<ModelConfig> ParseModelConfig(absl::string_view json, absl::string_view path) {
  ASSIGN_OR_RETURN(const JsonValue root, Annotate(ParseJson(json), path));
  if (root.object() == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": got ", root.Describe(), ", wanted an object"));
  }
  const ConfigReader reader(root, path);
  ModelConfig config;
  ASSIGN_OR_RETURN(const Architecture* architecture, ReadArchitecture(reader));
  config.model_type = architecture->model_type;
  RETURN_IF_ERROR(CheckHead(reader, *architecture));
  RETURN_IF_ERROR(RefuseVariants(reader));
  RETURN_IF_ERROR(ReadLabels(reader, config));
  RETURN_IF_ERROR(ReadProblemType(reader, config));
  RETURN_IF_ERROR(architecture->read_config(reader, config));
  RETURN_IF_ERROR(CheckHeads(reader, config));
  return config;
}

absl::StatusOr<ModelConfig> LoadModelConfig(const std::string& folder) {
  const std::string path = absl::StrCat(folder, "/config.json");
  ASSIGN_OR_RETURN(const std::string json, ReadFile(path, kConfigBytesMax));
  return ParseModelConfig(json, path);
}

}  // namespace lathe
