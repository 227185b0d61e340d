// The added tokens of tokenizer.json.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "engine/tokenizers/format/part_readers.h"

namespace lathe {
namespace {

absl::StatusOr<AddedToken> ReadAddedToken(const Field& value) {
  ASSIGN_OR_RETURN(Fields object, Fields::Of(value));
  AddedToken token;
  ASSIGN_OR_RETURN(token.id, object.Integer("id", 0, kIdMax));
  ASSIGN_OR_RETURN(token.content, object.String("content"));
  ASSIGN_OR_RETURN(token.single_word, object.Bool("single_word"));
  ASSIGN_OR_RETURN(token.lstrip, object.Bool("lstrip"));
  ASSIGN_OR_RETURN(token.rstrip, object.Bool("rstrip"));
  ASSIGN_OR_RETURN(token.normalized, object.Bool("normalized"));
  ASSIGN_OR_RETURN(token.special, object.Bool("special"));
  RETURN_IF_ERROR(object.RefuseTheRest());
  return token;
}

absl::Status Wrong(const Field& value, const AddedToken& token, absl::string_view wanted) {
  return absl::InvalidArgumentError(
      absl::StrCat(value.place, ".id: got ", token.id, " for \"", token.content, "\", wanted ", wanted));
}

}  // namespace

absl::StatusOr<std::vector<AddedToken>> ReadAddedTokens(const Field& value, Vocabulary& vocabulary) {
  ASSIGN_OR_RETURN(const std::vector<Field> values, value.Array());
  std::vector<AddedToken> tokens;
  absl::flat_hash_set<std::string> contents;
  // The reference ignores the ids of the file: a token of the model keeps its id, the others are numbered from the size
  // of the model's vocabulary on. A file that says otherwise would be read differently by different programs.
  int64_t next_id = vocabulary.size();
  for (const Field& item : values) {
    ASSIGN_OR_RETURN(AddedToken token, ReadAddedToken(item));
    if (!contents.insert(token.content).second) {
      return absl::InvalidArgumentError(absl::StrCat(item.place, ".content: \"", token.content, "\" is there twice"));
    }
    if (const std::optional<int32_t> id = vocabulary.Find(token.content)) {
      if (*id != token.id) return Wrong(item, token, absl::StrCat(*id, " as in the model's vocabulary"));
    } else {
      if (token.id != next_id) return Wrong(item, token, absl::StrCat(next_id, ", the next free one"));
      RETURN_IF_ERROR(Annotate(vocabulary.Add(token.content, token.id), item.place));
      ++next_id;
    }
    tokens.push_back(std::move(token));
  }
  return tokens;
}

}  // namespace lathe
