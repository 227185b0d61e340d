#include "engine/tokenizers/format/vocab_txt.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/tokenizers/format/fields.h"
#include "engine/tokenizers/format/vocabulary.h"
#include "engine/tokenizers/models/word_piece.h"
#include "engine/tokenizers/normalizers/bert_normalizer.h"
#include "engine/tokenizers/pre_tokenizers/character_class_splitter.h"
#include "engine/tokenizers/unicode/utf8.h"

namespace lathe {
namespace {

// Classes whose tokenizers are BERT's. Source: transformers 5.23, each model's tokenization file.
constexpr absl::string_view kClasses[] = {"BertTokenizer", "DistilBertTokenizer", "ElectraTokenizer",
                                          "MobileBertTokenizer", "RetriBertTokenizer"};

absl::Status CheckClass(Fields& config) {
  const std::optional<Field> value = config.Find("tokenizer_class");
  if (!value) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::string name, value->String());
  const absl::string_view base =
      absl::string_view(name).substr(0, name.size() - (absl::EndsWith(name, "Fast") ? 4 : 0));
  if (std::find(std::begin(kClasses), std::end(kClasses), base) != std::end(kClasses)) return absl::OkStatus();
  return absl::UnimplementedError(absl::StrCat("tokenizer_class: \"", name, "\" is not supported from vocab.txt"));
}

absl::StatusOr<Vocabulary> ReadLines(absl::string_view text) {
  if (const std::optional<size_t> invalid = FindInvalidUtf8(text)) {
    return absl::InvalidArgumentError(absl::StrCat("vocab.txt: invalid UTF-8 at byte ", *invalid));
  }
  Vocabulary vocabulary;
  for (int64_t id = 0; !text.empty(); ++id) {
    if (id > kIdMax) return absl::InvalidArgumentError(absl::StrCat("vocab.txt: more than ", kIdMax, " lines"));
    const size_t end = std::min(text.find('\n'), text.size());
    absl::string_view line = text.substr(0, end);
    if (absl::EndsWith(line, "\r")) line.remove_suffix(1);
    vocabulary.Replace(line, id);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return vocabulary;
}

// The flags of a token that is an object with its content; a plain string has none.
absl::StatusOr<AddedToken> ReadToken(const Field& value, bool special) {
  AddedToken token;
  token.special = special;
  if (value.value.string() != nullptr) {
    ASSIGN_OR_RETURN(token.content, value.String());
    return token;
  }
  ASSIGN_OR_RETURN(Fields object, Fields::Of(value));
  ASSIGN_OR_RETURN(token.content, object.String("content"));
  ASSIGN_OR_RETURN(token.single_word, object.BoolOr("single_word", false));
  ASSIGN_OR_RETURN(token.lstrip, object.BoolOr("lstrip", false));
  ASSIGN_OR_RETURN(token.rstrip, object.BoolOr("rstrip", false));
  ASSIGN_OR_RETURN(token.normalized, object.BoolOr("normalized", !special));
  ASSIGN_OR_RETURN(token.special, object.BoolOr("special", special));
  return token;
}

struct SpecialTokens {
  int32_t cls_id = 0, sep_id = 0, unknown_id = 0;
  std::vector<AddedToken> tokens;
};

absl::StatusOr<int32_t> AddSpecialToken(Fields& config, absl::string_view key, absl::string_view otherwise,
                                        const Vocabulary& vocabulary, std::vector<AddedToken>& tokens) {
  AddedToken token;
  token.content = std::string(otherwise);
  token.special = true;
  if (const std::optional<Field> value = config.Find(key)) {
    ASSIGN_OR_RETURN(token, ReadToken(*value, true));
  }
  const std::optional<int32_t> id = vocabulary.Find(token.content);
  if (!id) return absl::InvalidArgumentError(absl::StrCat(key, ": \"", token.content, "\" is not in vocab.txt"));
  token.id = *id;
  const auto same = [&](const AddedToken& other) { return other.id == token.id; };
  if (std::none_of(tokens.begin(), tokens.end(), same)) tokens.push_back(token);
  return token.id;
}

absl::StatusOr<SpecialTokens> ReadSpecialTokens(Fields& config, const Vocabulary& vocabulary) {
  SpecialTokens special;
  auto& tokens = special.tokens;
  RETURN_IF_ERROR(AddSpecialToken(config, "pad_token", "[PAD]", vocabulary, tokens).status());
  ASSIGN_OR_RETURN(special.unknown_id, AddSpecialToken(config, "unk_token", "[UNK]", vocabulary, tokens));
  ASSIGN_OR_RETURN(special.cls_id, AddSpecialToken(config, "cls_token", "[CLS]", vocabulary, tokens));
  ASSIGN_OR_RETURN(special.sep_id, AddSpecialToken(config, "sep_token", "[SEP]", vocabulary, tokens));
  RETURN_IF_ERROR(AddSpecialToken(config, "mask_token", "[MASK]", vocabulary, tokens).status());
  return special;
}

// {"103": {"content": "[MASK]", "lstrip": true, ...}}: flags of the special tokens, and more tokens.
absl::Status ReadAddedTokensDecoder(Fields& config, Vocabulary& vocabulary, std::vector<AddedToken>& tokens) {
  const std::optional<Field> value = config.Find("added_tokens_decoder");
  if (!value) return absl::OkStatus();
  ASSIGN_OR_RETURN(const JsonValue::Object* fields, value->Object());
  for (const auto& [key, token_value] : *fields) {
    const Field item{token_value, absl::StrCat(value->place, ".", key)};
    ASSIGN_OR_RETURN(AddedToken token, ReadToken(item, false));
    if (!absl::SimpleAtoi(key, &token.id)) {
      return absl::InvalidArgumentError(absl::StrCat(item.place, ": wanted a number as the key"));
    }
    const std::optional<int32_t> id = vocabulary.Find(token.content);
    if (id && *id != token.id) {
      return absl::InvalidArgumentError(absl::StrCat(item.place, ": \"", token.content, "\" has id ", *id));
    }
    if (!id) RETURN_IF_ERROR(Annotate(vocabulary.Add(token.content, token.id), item.place));
    const auto same = [&](const AddedToken& other) { return other.id == token.id; };
    const auto known = std::find_if(tokens.begin(), tokens.end(), same);
    if (known == tokens.end()) {
      tokens.push_back(std::move(token));
    } else {
      *known = std::move(token);
    }
  }
  return absl::OkStatus();
}

// Tokens that are named without an id must have one already.
absl::Status CheckNamedTokens(Fields& config, absl::string_view key, const std::vector<AddedToken>& tokens) {
  const std::optional<Field> value = config.Find(key);
  if (!value || value->value.object() != nullptr) return absl::OkStatus();  // An object names roles, not texts.
  ASSIGN_OR_RETURN(const std::vector<Field> items, value->Array());
  for (const Field& item : items) {
    ASSIGN_OR_RETURN(const AddedToken token, ReadToken(item, true));
    const auto same = [&](const AddedToken& other) { return other.content == token.content; };
    if (std::any_of(tokens.begin(), tokens.end(), same)) continue;
    return absl::UnimplementedError(
        absl::StrCat(item.place, ": \"", token.content, "\" is not in added_tokens_decoder"));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<Normalizer>> ReadNormalizerKeys(Fields& config) {
  BertNormalizerOptions options;
  ASSIGN_OR_RETURN(options.lowercase, config.BoolOr("do_lower_case", true));
  ASSIGN_OR_RETURN(options.handle_chinese_chars, config.BoolOr("tokenize_chinese_chars", true));
  ASSIGN_OR_RETURN(options.strip_accents, config.BoolOr("strip_accents", options.lowercase));
  return std::make_unique<BertNormalizer>(options);
}

absl::StatusOr<PipelineParts> ReadParts(Fields& config, Vocabulary vocabulary) {
  PipelineParts parts;
  RETURN_IF_ERROR(CheckClass(config));
  ASSIGN_OR_RETURN(parts.normalizer, ReadNormalizerKeys(config));
  parts.pre_tokenizer = std::make_unique<CharacterClassSplitter>(CharacterClassSplitter::Rule::kBert);
  ASSIGN_OR_RETURN(SpecialTokens special, ReadSpecialTokens(config, vocabulary));
  WordPieceOptions options;
  options.unknown_id = special.unknown_id;
  options.vocabulary.assign(vocabulary.tokens().begin(), vocabulary.tokens().end());
  ASSIGN_OR_RETURN(parts.model, Annotate(WordPiece::Create(options), "vocab.txt"));
  RETURN_IF_ERROR(ReadAddedTokensDecoder(config, vocabulary, special.tokens));
  RETURN_IF_ERROR(CheckNamedTokens(config, "additional_special_tokens", special.tokens));
  RETURN_IF_ERROR(CheckNamedTokens(config, "extra_special_tokens", special.tokens));
  parts.added_tokens = std::move(special.tokens);
  parts.post_processor = Template::Bert(special.cls_id, special.sep_id);
  parts.vocabulary_size = vocabulary.id_limit();
  return parts;
}

}  // namespace

absl::StatusOr<PipelineParts> ParseVocabTxt(absl::string_view vocabulary_text, absl::string_view config_text) {
  ASSIGN_OR_RETURN(Vocabulary vocabulary, ReadLines(vocabulary_text));
  ASSIGN_OR_RETURN(const JsonValue root, Annotate(ParseJson(config_text), "tokenizer_config.json"));
  ASSIGN_OR_RETURN(Fields config, Annotate(Fields::Of({root, ""}), "tokenizer_config.json"));
  return Annotate(ReadParts(config, std::move(vocabulary)), "tokenizer_config.json");
}

}  // namespace lathe
