// The models of tokenizer.json.
#include <memory>
#include <string>
#include <utility>

#include "engine/tokenizers/format/part_readers.h"
#include "engine/tokenizers/models/word_piece.h"

namespace lathe {
namespace {

// A word beyond this is no word; the reference allows any number.
constexpr int64_t kInputCharsPerWordMax = 1'000'000;

absl::Status ReadVocabulary(const Field& value, Vocabulary& vocabulary) {
  ASSIGN_OR_RETURN(const JsonValue::Object* tokens, value.Object());
  for (const auto& [token, id_value] : *tokens) {
    ASSIGN_OR_RETURN(const int64_t id, Field({id_value, value.place}).Integer(0, kIdMax));
    RETURN_IF_ERROR(Annotate(vocabulary.Add(token, id), value.place));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<TokenModel>> ReadWordPiece(Fields& object, Vocabulary& vocabulary) {
  WordPieceOptions options;
  ASSIGN_OR_RETURN(const std::string unknown, object.String("unk_token"));
  ASSIGN_OR_RETURN(options.continuing_subword_prefix, object.String("continuing_subword_prefix"));
  ASSIGN_OR_RETURN(options.max_input_chars_per_word,
                   object.Integer("max_input_chars_per_word", 0, kInputCharsPerWordMax));
  ASSIGN_OR_RETURN(const Field tokens, object.Get("vocab"));
  RETURN_IF_ERROR(ReadVocabulary(tokens, vocabulary));
  const std::optional<int32_t> unknown_id = vocabulary.Find(unknown);
  if (!unknown_id) {
    return absl::InvalidArgumentError(
        absl::StrCat(object.place(), ".unk_token: \"", unknown, "\" is not in the vocabulary"));
  }
  options.unknown_id = *unknown_id;
  options.vocabulary.assign(vocabulary.tokens().begin(), vocabulary.tokens().end());
  RETURN_IF_ERROR(object.RefuseTheRest());
  return Annotate(WordPiece::Create(options), tokens.place);
}

}  // namespace

absl::StatusOr<std::unique_ptr<TokenModel>> ReadModel(const Field& value, Vocabulary& vocabulary) {
  ASSIGN_OR_RETURN(Fields object, Fields::Of(value));
  // Old files do not say the type; what else WordPiece needs tells it from the other models.
  std::string type = "WordPiece";
  if (const std::optional<Field> named = object.Find("type")) {
    ASSIGN_OR_RETURN(type, named->String());
  }
  if (type == "WordPiece") return ReadWordPiece(object, vocabulary);
  return absl::UnimplementedError(absl::StrCat(value.place, ".type: \"", type, "\" is not supported"));
}

}  // namespace lathe
