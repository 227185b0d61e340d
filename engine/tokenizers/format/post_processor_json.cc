// The post-processors of tokenizer.json.
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "engine/tokenizers/format/part_readers.h"

namespace lathe {
namespace {

using Kind = Template::Piece::Kind;
using SpecialTokens = absl::flat_hash_map<std::string, std::vector<int32_t>>;

// Segments beyond 0 and 1 exist; this is what an embedding of them could have at most.
constexpr int64_t kSegmentIdMax = 65'535;
constexpr size_t kPiecesMax = 256;

absl::StatusOr<int32_t> ReadId(const Field& value, const Vocabulary& vocabulary) {
  ASSIGN_OR_RETURN(const int64_t id, value.Integer(0, kIdMax));
  if (vocabulary.HasId(id)) return static_cast<int32_t>(id);
  return absl::InvalidArgumentError(absl::StrCat(value.place, ": got ", id, ", wanted the id of a token"));
}

absl::StatusOr<std::vector<int32_t>> ReadSpecialToken(const Field& value, const Vocabulary& vocabulary) {
  ASSIGN_OR_RETURN(Fields object, Fields::Of(value));
  RETURN_IF_ERROR(object.Get("id").status());
  RETURN_IF_ERROR(object.Get("tokens").status());  // The names of the ids, for people.
  ASSIGN_OR_RETURN(const Field list, object.Get("ids"));
  ASSIGN_OR_RETURN(const std::vector<Field> values, list.Array());
  if (values.size() > kPiecesMax)
    return absl::InvalidArgumentError(absl::StrCat(list.place, ": more than ", kPiecesMax));
  std::vector<int32_t> ids;
  for (const Field& item : values) {
    ASSIGN_OR_RETURN(const int32_t id, ReadId(item, vocabulary));
    ids.push_back(id);
  }
  RETURN_IF_ERROR(object.RefuseTheRest());
  return ids;
}

absl::StatusOr<SpecialTokens> ReadSpecialTokens(const Field& value, const Vocabulary& vocabulary) {
  ASSIGN_OR_RETURN(const JsonValue::Object* fields, value.Object());
  SpecialTokens tokens;
  for (const auto& [name, token] : *fields) {
    ASSIGN_OR_RETURN(std::vector<int32_t> ids,
                     ReadSpecialToken({token, absl::StrCat(value.place, ".", name)}, vocabulary));
    tokens[name] = std::move(ids);
  }
  return tokens;
}

absl::StatusOr<Template::Piece> ReadSequencePiece(Fields& object) {
  ASSIGN_OR_RETURN(const Field id, object.Get("id"));
  const std::string* name = id.value.string();
  if (name != nullptr && *name == "A") return Template::Piece{Kind::kFirstText, 0, {}};
  if (name != nullptr && *name == "B") return Template::Piece{Kind::kSecondText, 0, {}};
  return id.Wanted("\"A\" or \"B\"");
}

absl::StatusOr<Template::Piece> ReadSpecialPiece(Fields& object, const SpecialTokens& tokens) {
  ASSIGN_OR_RETURN(const std::string id, object.String("id"));
  const auto found = tokens.find(id);
  if (found != tokens.end()) return Template::Piece{Kind::kSpecialTokens, 0, found->second};
  return absl::InvalidArgumentError(absl::StrCat(object.place(), ".id: \"", id, "\" is not in special_tokens"));
}

// {"Sequence": {"id": "A", "type_id": 0}} or {"SpecialToken": {"id": "[CLS]", "type_id": 0}}
absl::StatusOr<Template::Piece> ReadPiece(const Field& value, const SpecialTokens& tokens) {
  ASSIGN_OR_RETURN(Fields outer, Fields::Of(value));
  const std::optional<Field> sequence = outer.Find("Sequence");
  ASSIGN_OR_RETURN(const Field inner, sequence ? *sequence : outer.Get("SpecialToken"));
  RETURN_IF_ERROR(outer.RefuseTheRest());
  ASSIGN_OR_RETURN(Fields object, Fields::Of(inner));
  ASSIGN_OR_RETURN(Template::Piece piece, sequence ? ReadSequencePiece(object) : ReadSpecialPiece(object, tokens));
  ASSIGN_OR_RETURN(piece.segment_id, object.Integer("type_id", 0, kSegmentIdMax));
  RETURN_IF_ERROR(object.RefuseTheRest());
  return piece;
}

absl::StatusOr<std::vector<Template::Piece>> ReadPieces(const Field& value, const SpecialTokens& tokens) {
  ASSIGN_OR_RETURN(const std::vector<Field> values, value.Array());
  if (values.size() > kPiecesMax)
    return absl::InvalidArgumentError(absl::StrCat(value.place, ": more than ", kPiecesMax));
  std::vector<Template::Piece> pieces;
  for (const Field& item : values) {
    ASSIGN_OR_RETURN(Template::Piece piece, ReadPiece(item, tokens));
    pieces.push_back(std::move(piece));
  }
  return pieces;
}

absl::StatusOr<Template> ReadTemplate(Fields& object, const Vocabulary& vocabulary) {
  ASSIGN_OR_RETURN(const Field names, object.Get("special_tokens"));
  ASSIGN_OR_RETURN(const SpecialTokens tokens, ReadSpecialTokens(names, vocabulary));
  ASSIGN_OR_RETURN(const Field single_list, object.Get("single"));
  ASSIGN_OR_RETURN(std::vector<Template::Piece> single, ReadPieces(single_list, tokens));
  ASSIGN_OR_RETURN(const Field pair_list, object.Get("pair"));
  ASSIGN_OR_RETURN(std::vector<Template::Piece> pair, ReadPieces(pair_list, tokens));
  return Annotate(Template::Create(std::move(single), std::move(pair)), object.place());
}

// ["[CLS]", 101]
absl::StatusOr<int32_t> ReadNameAndId(const Field& value, const Vocabulary& vocabulary) {
  ASSIGN_OR_RETURN(const std::vector<Field> values, value.Array());
  if (values.size() != 2) return value.Wanted("a token and its id");
  RETURN_IF_ERROR(values[0].String().status());
  return ReadId(values[1], vocabulary);
}

absl::StatusOr<Template> ReadBert(Fields& object, const Vocabulary& vocabulary) {
  ASSIGN_OR_RETURN(const Field cls, object.Get("cls"));
  ASSIGN_OR_RETURN(const int32_t cls_id, ReadNameAndId(cls, vocabulary));
  ASSIGN_OR_RETURN(const Field sep, object.Get("sep"));
  ASSIGN_OR_RETURN(const int32_t sep_id, ReadNameAndId(sep, vocabulary));
  return Template::Bert(cls_id, sep_id);
}

struct PostProcessorType {
  absl::string_view name;
  absl::StatusOr<Template> (*read)(Fields& object, const Vocabulary& vocabulary);
};

constexpr PostProcessorType kTypes[] = {
    {"TemplateProcessing", ReadTemplate},
    {"BertProcessing", ReadBert},
};

}  // namespace

absl::StatusOr<Template> ReadPostProcessor(const Field& value, const Vocabulary& vocabulary) {
  ASSIGN_OR_RETURN(Fields object, Fields::Of(value));
  ASSIGN_OR_RETURN(const std::string name, object.String("type"));
  for (const PostProcessorType& type : kTypes) {
    if (type.name != name) continue;
    ASSIGN_OR_RETURN(Template result, type.read(object, vocabulary));
    RETURN_IF_ERROR(object.RefuseTheRest());
    return result;
  }
  return absl::UnimplementedError(absl::StrCat(value.place, ".type: \"", name, "\" is not supported"));
}

}  // namespace lathe
