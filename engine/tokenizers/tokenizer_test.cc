#include "engine/tokenizers/tokenizer.h"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>

#include "engine/base/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace lathe {
namespace {

using testing::ElementsAre;
using testing::Ge;
using testing::HasSubstr;

const std::string kModel = LATHE_SOURCE_DIR "/models/sst2-distilminilm";

const Tokenizer& Embedded() {
  static const Tokenizer& tokenizer = *Tokenizer::Load(kModel).value().release();
  return tokenizer;
}

// A folder that is gone when the test is.
class Folder {
 public:
  Folder() : path_(testing::TempDir() + "tokenizer_test_" + std::to_string(reinterpret_cast<uintptr_t>(this))) {
    std::filesystem::create_directories(path_);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  void Write(const std::string& name, const std::string& text) { std::ofstream(path_ + "/" + name) << text; }
  void Copy(const std::string& name) { std::filesystem::copy(kModel + "/" + name, path_ + "/" + name); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

TEST(TokenizerTest, EncodesATextAndAPair) {
  ASSERT_OK_AND_ASSIGN(const Encoding text, Embedded().Encode("A good film [MASK]", std::nullopt, {}));
  EXPECT_THAT(text.ids, ElementsAre(2, 43, 1209, 1148, 4, 3));
  EXPECT_THAT(text.segment_ids, ElementsAre(0, 0, 0, 0, 0, 0));
  EXPECT_FALSE(text.truncated);
  ASSERT_OK_AND_ASSIGN(const Encoding pair, Embedded().Encode("good", "bad", {}));
  EXPECT_THAT(pair.ids, ElementsAre(2, 1209, 3, 1849, 3));
  EXPECT_THAT(pair.segment_ids, ElementsAre(0, 0, 0, 1, 1));
  EXPECT_EQ(Embedded().vocabulary_size(), 12000);
}

TEST(TokenizerTest, Truncates) {
  const auto encode = [](Truncation truncation) {
    return Embedded().Encode("good bad film", std::nullopt, {.max_length = 4, .truncation = truncation});
  };
  ASSERT_OK_AND_ASSIGN(const Encoding right, encode(Truncation::kRight));
  EXPECT_THAT(right.ids, ElementsAre(2, 1209, 1849, 3));
  EXPECT_TRUE(right.truncated);
  ASSERT_OK_AND_ASSIGN(const Encoding left, encode(Truncation::kLeft));
  EXPECT_THAT(left.ids, ElementsAre(2, 1849, 1148, 3));
  EXPECT_TRUE(left.truncated);
  EXPECT_THAT(encode(Truncation::kError),
              StatusIs(absl::StatusCode::kInvalidArgument, "text: 5 tokens with special ones, wanted at most 4"));
}

TEST(TokenizerTest, RefusesALengthWithoutRoomForSpecialTokens) {
  EXPECT_OK(Embedded().Encode("good", std::nullopt, {.max_length = 2}));
  EXPECT_THAT(Embedded().Encode("good", std::nullopt, {.max_length = 1}),
              StatusIs(absl::StatusCode::kInvalidArgument, "max_length: got 1, wanted room for 2 special tokens"));
  EXPECT_THAT(Embedded().Encode("good", "bad", {.max_length = 2}), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Embedded().Encode("good", std::nullopt, {.max_length = -5}),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(TokenizerTest, RefusesInvalidUtf8SayingWhere) {
  EXPECT_THAT(Embedded().Encode("good\xff", std::nullopt, {}),
              StatusIs(absl::StatusCode::kInvalidArgument, "text: invalid UTF-8 at byte 4"));
  EXPECT_THAT(Embedded().Encode("good", "\xed\xa0\x80", {}),
              StatusIs(absl::StatusCode::kInvalidArgument, "pair: invalid UTF-8 at byte 0"));
}

TEST(TokenizerTest, HostileTextsTakeLinearTime) {
  std::string accents = "a", family, words;
  for (int i = 0; i < 1'000'000; ++i) accents += "\u0301";
  for (int i = 0; i < 200'000; ++i) family += "\U0001f468\u200d";
  for (int i = 0; i < 1'000'000; ++i) words += "a,[ [MASK";
  const auto begin = std::chrono::steady_clock::now();
  for (const std::string& text :
       {accents, family, words, std::string(100'000, 'a'), std::string(5'000'000, 'x'), std::string(5'000'000, ' '),
        std::string(5'000'000, '['), std::string(1'000'000, '\0')}) {
    for (const Truncation truncation : {Truncation::kRight, Truncation::kLeft}) {
      EXPECT_OK(Embedded().Encode(text, std::nullopt, {.truncation = truncation}));
    }
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(30));
}

TEST(TokenizerTest, SaysWhatAFolderLacks) {
  Folder folder;
  EXPECT_THAT(Tokenizer::Load(folder.path()),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("has neither tokenizer.json nor vocab.txt")));
  folder.Copy("vocab.txt");
  EXPECT_THAT(Tokenizer::Load(folder.path()),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("tokenizer_config.json")));
}

TEST(TokenizerTest, NamesTheFileAndThePlaceInIt) {
  Folder folder;
  folder.Write("tokenizer.json", "{\"model\": {\"type\": \"BPE\"}}");
  EXPECT_THAT(Tokenizer::Load(folder.path()),
              StatusIs(absl::StatusCode::kUnimplemented,
                       folder.path() + "/tokenizer.json: model.type: \"BPE\" is not supported"));
}

TEST(TokenizerTest, LoadsVocabTxtToTheSameIds) {
  Folder folder;
  folder.Copy("vocab.txt");
  folder.Copy("tokenizer_config.json");
  ASSERT_OK_AND_ASSIGN(const auto tokenizer, Tokenizer::Load(folder.path()));
  EXPECT_EQ(tokenizer->vocabulary_size(), Embedded().vocabulary_size());
  std::ifstream lines(LATHE_SOURCE_DIR "/tests/golden/data/sst2_dev.tsv");
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    ASSERT_OK_AND_ASSIGN(const Encoding got, tokenizer->Encode(line, "[CLS] Caf\u00e9", {}));
    ASSERT_OK_AND_ASSIGN(const Encoding wanted, Embedded().Encode(line, "[CLS] Caf\u00e9", {}));
    ASSERT_EQ(got.ids, wanted.ids) << line;
    ASSERT_EQ(got.segment_ids, wanted.segment_ids);
  }
  EXPECT_THAT(count, Ge(800));
}

}  // namespace
}  // namespace lathe
