#include "engine/tokenizers/format/tokenizer_json.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "engine/base/status_matchers.h"
#include "engine/tokenizers/pipeline.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace lathe {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Replacement = std::pair<absl::string_view, absl::string_view>;

constexpr char kFile[] = R"({
  "version": "1.0",
  "truncation": {"direction": "Right", "max_length": 512, "strategy": "LongestFirst", "stride": 0},
  "padding": null,
  "added_tokens": [
    {"id": 1, "content": "[CLS]", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true},
    {"id": 5, "content": "<x>", "single_word": false, "lstrip": false, "rstrip": false, "normalized": true, "special": false}
  ],
  "normalizer": {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true, "strip_accents": null, "lowercase": true},
  "pre_tokenizer": {"type": "BertPreTokenizer"},
  "post_processor": {
    "type": "TemplateProcessing",
    "single": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
    "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
    "special_tokens": {"[CLS]": {"id": "[CLS]", "ids": [1], "tokens": ["[CLS]"]}}
  },
  "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": true},
  "model": {
    "type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100,
    "vocab": {"[UNK]": 0, "[CLS]": 1, "a": 2, "##b": 3, "é": 4}
  }
})";

std::string With(const std::vector<Replacement>& replacements) { return absl::StrReplaceAll(kFile, replacements); }

absl::Status Parse(const std::vector<Replacement>& replacements) {
  const std::string file = With(replacements);
  EXPECT_NE(file, kFile) << "nothing was replaced";
  return ParseTokenizerJson(file).status();
}

std::vector<int32_t> Encode(const std::string& file, absl::string_view text) {
  return MakePipeline(ParseTokenizerJson(file).value()).value()->Encode(text, std::nullopt, {}).value().ids;
}

TEST(TokenizerJsonTest, ReadsEveryPart) {
  EXPECT_THAT(Encode(kFile, "AB<X>\u00e9"), ElementsAre(1, 2, 3, 5, 0));
  ASSERT_OK_AND_ASSIGN(const PipelineParts parts, ParseTokenizerJson(kFile));
  EXPECT_EQ(parts.vocabulary_size, 6);
}

TEST(TokenizerJsonTest, PartsMayBeNull) {
  const std::string file =
      With({{"{\"type\": \"BertPreTokenizer\"}", "null"}, {"\"strip_accents\": null", "\"strip_accents\": false"}});
  EXPECT_THAT(Encode(file, "\u00c9"), ElementsAre(1, 4));
  EXPECT_THAT(Encode(file, "a a"), ElementsAre(1, 0));
}

TEST(TokenizerJsonTest, ReadsBertProcessing) {
  const std::string text(kFile);
  const size_t begin = text.find("{\n    \"type\": \"TemplateProcessing\""), end = text.find(",\n  \"decoder\"");
  const auto with = [&](absl::string_view processor) {
    return absl::StrCat(text.substr(0, begin), processor, text.substr(end));
  };
  EXPECT_THAT(Encode(with(R"({"type": "BertProcessing", "sep": ["a", 2], "cls": ["[CLS]", 1]})"), "a"),
              ElementsAre(1, 2, 2));
  EXPECT_THAT(ParseTokenizerJson(with(R"({"type": "BertProcessing", "sep": ["a"], "cls": ["[CLS]", 1]})")).status(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("post_processor.sep")));
  EXPECT_THAT(
      ParseTokenizerJson(with(R"({"type": "RobertaProcessing"})")).status(),
      StatusIs(absl::StatusCode::kUnimplemented, "post_processor.type: \"RobertaProcessing\" is not supported"));
}

struct Refusal {
  Replacement replacement;
  absl::StatusCode code;
  std::string message;
};

TEST(TokenizerJsonTest, RefusesWithThePlace) {
  constexpr auto kInvalid = absl::StatusCode::kInvalidArgument, kUnsupported = absl::StatusCode::kUnimplemented;
  const std::vector<Refusal> refusals = {
      {{"\"1.0\"", "\"2.0\""}, kUnsupported, "version: got \"2.0\""},
      {{"\"padding\"", "\"pading\""}, kInvalid, "pading: unknown key"},
      {{"\"BertPreTokenizer\"", "\"Metaspace\""}, kUnsupported, "pre_tokenizer.type: \"Metaspace\" is not supported"},
      {{"\"type\": \"BertPreTokenizer\"", "\"type\": 3"},
       kInvalid,
       "pre_tokenizer.type: got the number 3, wanted a string"},
      {{"\"type\": \"BertPreTokenizer\"", "\"kind\": 3"}, kInvalid, "pre_tokenizer.type: missing"},
      {{"\"BertNormalizer\"", "\"Precompiled\""}, kUnsupported, "normalizer.type: \"Precompiled\" is not supported"},
      {{"\"clean_text\": true", "\"clean_text\": \"yes\""},
       kInvalid,
       "normalizer.clean_text: got a string \"yes\", wanted true or false"},
      {{"\"clean_text\": true", "\"clean_txt\": true"}, kInvalid, "normalizer.clean_text: missing"},
      {{"\"clean_text\": true", "\"clean_text\": true, \"more\": 1"}, kInvalid, "normalizer.more: unknown key"},
      {{"\"type\": \"WordPiece\", \"unk", "\"type\": \"Unigram\", \"unk"},
       kUnsupported,
       "model.type: \"Unigram\" is not supported"},
      {{"\"unk_token\": \"[UNK]\"", "\"unk_token\": \"<unk>\""},
       kInvalid,
       "model.unk_token: \"<unk>\" is not in the vocabulary"},
      {{"\"max_input_chars_per_word\": 100", "\"max_input_chars_per_word\": -1"},
       kInvalid,
       "model.max_input_chars_per_word: got the number -1"},
      {{"\"##b\": 3", "\"##b\": 2"}, kInvalid, "model.vocab: token"},
      {{"\"##b\": 3", "\"##b\": -3"}, kInvalid, "model.vocab: got the number -3"},
      {{"\"##b\": 3", "\"##b\": 99999999999"}, kInvalid, "model.vocab: got the number 99999999999"},
      {{"\"##b\": 3", "\"##b\": 2.5"}, kInvalid, "model.vocab: got the number 2.5"},
      {{"\"##b\"", "\"a\""}, kInvalid, "\"a\""},
      {{"\"id\": 5", "\"id\": 6"}, kInvalid, "added_tokens[1].id: got 6 for \"<x>\", wanted 5"},
      {{"\"id\": 1, \"content\"", "\"id\": 2, \"content\""},
       kInvalid,
       "added_tokens[0].id: got 2 for \"[CLS]\", wanted 1"},
      {{"\"content\": \"<x>\"", "\"content\": \"[CLS]\""},
       kInvalid,
       "added_tokens[1].content: \"[CLS]\" is there twice"},
      {{"\"ids\": [1]", "\"ids\": [77]"}, kInvalid, "post_processor.special_tokens.[CLS].ids[0]: got 77"},
      {{"{\"id\": \"[CLS]\", \"type_id\": 0}", "{\"id\": \"[X]\", \"type_id\": 0}"},
       kInvalid,
       "post_processor.single[0].SpecialToken.id: \"[X]\""},
      {{"{\"id\": \"[CLS]\", \"type_id\": 0}", "{\"id\": \"[CLS]\", \"type_id\": -1}"},
       kInvalid,
       "post_processor.single[0].SpecialToken.type_id"},
      {{"\"id\": \"B\"", "\"id\": \"C\""}, kInvalid, "post_processor.pair[1].Sequence.id: got a string \"C\""},
      {{"\"id\": \"B\"", "\"id\": \"A\""}, kUnsupported, "post_processor: pair"},
  };
  for (const Refusal& refusal : refusals) {
    EXPECT_THAT(Parse({refusal.replacement}), StatusIs(refusal.code, HasSubstr(refusal.message)))
        << refusal.replacement.second;
  }
}

TEST(TokenizerJsonTest, RefusesWhatIsNoTokenizer) {
  for (const char* file : {"", "{", "[]", "null", "{}", "{\"model\": null}", "{\"model\": {}}", "\xff"}) {
    EXPECT_THAT(ParseTokenizerJson(file).status(), StatusIs(absl::StatusCode::kInvalidArgument)) << file;
  }
}

TEST(TokenizerJsonTest, RefusesDeepNesting) {
  std::string normalizer = "{\"type\": \"NFC\"}";
  for (int i = 0; i < 10; ++i)
    normalizer = absl::StrCat("{\"type\": \"Sequence\", \"normalizers\": [", normalizer, "]}");
  EXPECT_THAT(Parse({{"{\"type\": \"BertNormalizer\", \"clean_text\": true, \"handle_chinese_chars\": true, "
                      "\"strip_accents\": null, \"lowercase\": true}",
                      normalizer}}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("deep")));
  EXPECT_THAT(ParseTokenizerJson(std::string(1'000'000, '[')).status(), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(TokenizerJsonTest, AnAddedTokenThatNormalisesToNothingIsRefused) {
  ASSERT_OK_AND_ASSIGN(PipelineParts parts, ParseTokenizerJson(With({{"\"<x>\"", "\"\\u0301\""}})));
  EXPECT_THAT(MakePipeline(std::move(parts)).status(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("id 5")));
}

}  // namespace
}  // namespace lathe
