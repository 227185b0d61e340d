// How each part of a tokenizer is written in tokenizer.json. One file for each kind of part, with a list of the types
// known.
//
// Source: tokenizers 0.23.3, the serialisation of each part.
// Errors of all of them: INVALID_ARGUMENT (malformed), UNIMPLEMENTED (a type that is not supported), naming the place.
#ifndef LATHE_ENGINE_TOKENIZERS_FORMAT_PART_READERS_H_
#define LATHE_ENGINE_TOKENIZERS_FORMAT_PART_READERS_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "engine/tokenizers/added_tokens/added_tokens.h"
#include "engine/tokenizers/format/fields.h"
#include "engine/tokenizers/format/vocabulary.h"
#include "engine/tokenizers/models/model.h"
#include "engine/tokenizers/normalizers/normalizer.h"
#include "engine/tokenizers/post_processors/template.h"
#include "engine/tokenizers/pre_tokenizers/pre_tokenizer.h"

namespace lathe {

// A Sequence in a Sequence in a Sequence is deeper than any file in use goes.
inline constexpr int kNestingMax = 8;

absl::StatusOr<std::unique_ptr<Normalizer>> ReadNormalizer(const Field& value, int depth = 0);
absl::StatusOr<std::unique_ptr<PreTokenizer>> ReadPreTokenizer(const Field& value, int depth = 0);

// Adds the model's tokens to `vocabulary`, which is empty.
absl::StatusOr<std::unique_ptr<TokenModel>> ReadModel(const Field& value, Vocabulary& vocabulary);

// Adds the tokens to `vocabulary`, which holds the model's. Their ids must be those that the reference gives them.
absl::StatusOr<std::vector<AddedToken>> ReadAddedTokens(const Field& value, Vocabulary& vocabulary);

// Ids must be those of tokens in `vocabulary`.
absl::StatusOr<Template> ReadPostProcessor(const Field& value, const Vocabulary& vocabulary);

// What the readers share: a row for each type that is known.
template <typename Part>
struct PartType {
  absl::string_view name;
  absl::StatusOr<Part> (*read)(Fields& object, int depth);
};

// Reads an object by the row that its "type" names, refusing keys that the row's reader leaves.
template <typename Part>
absl::StatusOr<Part> ReadPart(const Field& value, absl::Span<const PartType<Part>> types, int depth);

}  // namespace lathe

// Implementation details; callers need not read.

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"

namespace lathe {

template <typename Part>
absl::StatusOr<Part> ReadPart(const Field& value, absl::Span<const PartType<Part>> types, int depth) {
  if (depth > kNestingMax) {
    return absl::InvalidArgumentError(absl::StrCat(value.place, ": nested deeper than ", kNestingMax));
  }
  ASSIGN_OR_RETURN(Fields object, Fields::Of(value));
  ASSIGN_OR_RETURN(const std::string name, object.String("type"));
  for (const PartType<Part>& type : types) {
    if (type.name != name) continue;
    ASSIGN_OR_RETURN(Part part, type.read(object, depth));
    RETURN_IF_ERROR(object.RefuseTheRest());
    return part;
  }
  return absl::UnimplementedError(absl::StrCat(value.place, ".type: \"", name, "\" is not supported"));
}

}  // namespace lathe

#endif  // LATHE_ENGINE_TOKENIZERS_FORMAT_PART_READERS_H_
