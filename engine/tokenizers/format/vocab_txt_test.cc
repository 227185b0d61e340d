#include "engine/tokenizers/format/vocab_txt.h"

#include <string>
#include <vector>

#include "engine/base/status_matchers.h"
#include "engine/tokenizers/pipeline.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace lathe {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr char kVocabulary[] = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\nA\n##b\n\u00e9\n";

std::vector<int32_t> Encode(absl::string_view vocabulary, absl::string_view config, absl::string_view text) {
  return MakePipeline(ParseVocabTxt(vocabulary, config).value()).value()->Encode(text, std::nullopt, {}).value().ids;
}

absl::Status Parse(absl::string_view vocabulary, absl::string_view config) {
  return ParseVocabTxt(vocabulary, config).status();
}

TEST(VocabTxtTest, DefaultsAreTheOriginalUncasedBert) {
  EXPECT_THAT(Encode(kVocabulary, "{}", "AB [MASK] \u00e9"), ElementsAre(2, 5, 7, 4, 1, 3));
}

TEST(VocabTxtTest, ReadsTheNormaliser) {
  EXPECT_THAT(Encode(kVocabulary, R"({"do_lower_case": false})", "Ab"), ElementsAre(2, 6, 7, 3));
  EXPECT_THAT(Encode(kVocabulary, R"({"strip_accents": false})", "\u00c9"), ElementsAre(2, 8, 3));
}

TEST(VocabTxtTest, ReadsTokensAndTheirFlags) {
  EXPECT_THAT(Encode(kVocabulary, R"({"cls_token": {"content": "a"}, "sep_token": "A"})", "b"), ElementsAre(5, 1, 6));
  EXPECT_THAT(
      Encode(kVocabulary, R"({"added_tokens_decoder": {"9": {"content": "<x>", "normalized": true}}})", "a<X>a"),
      ElementsAre(2, 5, 9, 5, 3));
}

TEST(VocabTxtTest, LinesMayEndInCarriageReturnsAndRepeat) {
  EXPECT_THAT(Encode("[PAD]\r\n[UNK]\r\n[CLS]\r\n[SEP]\r\n[MASK]\r\na\r\na", "{}", "a"), ElementsAre(2, 6, 3));
}

TEST(VocabTxtTest, RefusesWithFileAndPlace) {
  EXPECT_THAT(Parse("a\nb\n", "{}"), StatusIs(absl::StatusCode::kInvalidArgument,
                                              "tokenizer_config.json: pad_token: \"[PAD]\" is not in vocab.txt"));
  EXPECT_THAT(Parse("a\n\xff", "{}"),
              StatusIs(absl::StatusCode::kInvalidArgument, "vocab.txt: invalid UTF-8 at byte 2"));
  EXPECT_THAT(Parse(kVocabulary, "{"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("tokenizer_config.json")));
  EXPECT_THAT(Parse(kVocabulary, R"({"do_lower_case": 1})"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("do_lower_case: got the number 1")));
  EXPECT_THAT(Parse(kVocabulary, R"({"tokenizer_class": "XLNetTokenizerFast"})"),
              StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("XLNetTokenizerFast")));
  EXPECT_THAT(Parse(kVocabulary, R"({"additional_special_tokens": ["<y>"]})"),
              StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("additional_special_tokens[0]: \"<y>\"")));
  EXPECT_THAT(Parse(kVocabulary, R"({"added_tokens_decoder": {"3": {"content": "a"}}})"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("\"a\" has id 5")));
  EXPECT_THAT(Parse(kVocabulary, R"({"added_tokens_decoder": {"x": {"content": "a"}}})"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("wanted a number as the key")));
}

}  // namespace
}  // namespace lathe
