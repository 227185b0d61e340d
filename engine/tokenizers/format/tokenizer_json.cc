#include "engine/tokenizers/format/tokenizer_json.h"

#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/tokenizers/format/fields.h"
#include "engine/tokenizers/format/part_readers.h"

namespace lathe {
namespace {

// Normalisers nest two levels for each Sequence; the largest vocabularies in use have half a million tokens.
constexpr JsonLimits kLimits{.bytes = size_t{256} << 20, .depth = 2 * kNestingMax + 8, .values = size_t{8} << 20};

absl::Status CheckVersion(Fields& object) {
  const std::optional<Field> value = object.Find("version");
  if (!value) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::string version, value->String());
  if (version == "1.0") return absl::OkStatus();
  return absl::UnimplementedError(absl::StrCat("version: got \"", version, "\", wanted \"1.0\""));
}

absl::StatusOr<PipelineParts> ReadParts(Fields& object) {
  PipelineParts parts;
  Vocabulary vocabulary;
  ASSIGN_OR_RETURN(const Field model, object.Get("model"));
  ASSIGN_OR_RETURN(parts.model, ReadModel(model, vocabulary));
  if (const std::optional<Field> tokens = object.Find("added_tokens")) {
    ASSIGN_OR_RETURN(parts.added_tokens, ReadAddedTokens(*tokens, vocabulary));
  }
  if (const std::optional<Field> normalizer = object.Find("normalizer")) {
    ASSIGN_OR_RETURN(parts.normalizer, ReadNormalizer(*normalizer));
  }
  if (const std::optional<Field> pre_tokenizer = object.Find("pre_tokenizer")) {
    ASSIGN_OR_RETURN(parts.pre_tokenizer, ReadPreTokenizer(*pre_tokenizer));
  }
  if (const std::optional<Field> post_processor = object.Find("post_processor")) {
    ASSIGN_OR_RETURN(parts.post_processor, ReadPostProcessor(*post_processor, vocabulary));
  }
  parts.vocabulary_size = vocabulary.id_limit();
  return parts;
}

}  // namespace

absl::StatusOr<PipelineParts> ParseTokenizerJson(absl::string_view json) {
  ASSIGN_OR_RETURN(const JsonValue root, ParseJson(json, kLimits));
  ASSIGN_OR_RETURN(Fields object, Fields::Of({root, ""}));
  RETURN_IF_ERROR(CheckVersion(object));
  for (const char* unused : {"truncation", "padding", "decoder"}) object.Find(unused);
  ASSIGN_OR_RETURN(PipelineParts parts, ReadParts(object));
  RETURN_IF_ERROR(object.RefuseTheRest());
  return parts;
}

}  // namespace lathe
