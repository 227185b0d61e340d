#include "engine/tokenizers/models/word_piece.h"

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace lathe {
namespace {

using testing::ElementsAre;

constexpr int32_t kUnknown = 1000;

std::unique_ptr<WordPiece> Make(const std::vector<std::string>& tokens, size_t chars_max = 100) {
  WordPieceOptions options;
  for (const std::string& token : tokens) options.vocabulary.emplace_back(token, options.vocabulary.size());
  options.unknown_id = kUnknown;
  options.max_input_chars_per_word = chars_max;
  return WordPiece::Create(options).value();
}

std::vector<int32_t> Tokenize(const WordPiece& model, absl::string_view word) {
  std::vector<int32_t> ids;
  model.Tokenize(word, ids);
  return ids;
}

// The rule as it is usually written down: at every place, try the longest piece first.
std::vector<int32_t> Greedy(const std::vector<std::string>& tokens, const std::string& word) {
  std::map<std::string, int32_t> ids;
  for (const std::string& token : tokens) ids.emplace(token, ids.size());
  std::vector<int32_t> found;
  for (size_t begin = 0; begin < word.size();) {
    size_t end = word.size();
    for (; end > begin; --end) {
      const auto id = ids.find(absl::StrCat(begin > 0 ? "##" : "", word.substr(begin, end - begin)));
      if (id == ids.end()) continue;
      found.push_back(id->second);
      break;
    }
    if (end == begin) return {kUnknown};
    begin = end;
  }
  return found;
}

TEST(WordPieceTest, TakesTheLongestPieceEachTime) {
  const auto model = Make({"un", "##aff", "##able", "unaff", "a", "##b", "##abc", "##abcdx", "##c"});
  EXPECT_THAT(Tokenize(*model, "unaffable"), ElementsAre(3, 2));
  EXPECT_THAT(Tokenize(*model, "un"), ElementsAre(0));
  EXPECT_THAT(Tokenize(*model, "aabc"), ElementsAre(4, 6));
  EXPECT_THAT(Tokenize(*model, "abcd"), ElementsAre(kUnknown));    // "##d" is missing
  EXPECT_THAT(Tokenize(*model, "able"), ElementsAre(kUnknown));    // only continues
  EXPECT_THAT(Tokenize(*model, "aabcdy"), ElementsAre(kUnknown));  // nothing of what matched before stays
}

TEST(WordPieceTest, ThePrefixInTheTextItself) {
  const auto model = Make({"##a", "#", "###", "##"});
  EXPECT_THAT(Tokenize(*model, "##a"), ElementsAre(0));
  EXPECT_THAT(Tokenize(*model, "##"), ElementsAre(3));
  EXPECT_THAT(Tokenize(*model, "#a"), ElementsAre(1, 0));
  EXPECT_THAT(Tokenize(*model, "####"), ElementsAre(2, 2));
}

TEST(WordPieceTest, CountsCharactersNotBytes) {
  const auto model = Make({"\u00e9", "##\u00e9"}, 3);
  EXPECT_THAT(Tokenize(*model, "\u00e9\u00e9\u00e9"), ElementsAre(0, 1, 1));
  EXPECT_THAT(Tokenize(*model, "\u00e9\u00e9\u00e9\u00e9"), ElementsAre(kUnknown));
}

TEST(WordPieceTest, AgreesWithTheGreedyRuleOnRandomVocabularies) {
  const uint32_t seed = std::random_device()();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  const auto any = [&](size_t length_max) {
    std::string word(1 + random() % length_max, 'a');
    for (char& letter : word) letter = "ab#"[random() % 16 < 15 ? random() % 2 : 2];
    return word;
  };
  for (int round = 0; round < 300; ++round) {
    std::vector<std::string> tokens;
    for (int i = 0; i < 12; ++i) {
      const std::string token = absl::StrCat(random() % 2 ? "##" : "", any(5));
      if (std::find(tokens.begin(), tokens.end(), token) == tokens.end()) tokens.push_back(token);
    }
    const auto model = Make(tokens);
    for (int i = 0; i < 100; ++i) {
      const std::string word = any(14);
      ASSERT_EQ(Tokenize(*model, word), Greedy(tokens, word)) << word << " in " << testing::PrintToString(tokens);
    }
  }
}

TEST(WordPieceTest, ALongWordThatNeverWorksOutTakesLinearTime) {
  std::vector<std::string> tokens = {"a", "##a"};
  tokens.push_back(absl::StrCat("##", std::string(200, 'a'), "b"));
  const auto model = Make(tokens, 10'000'000);
  std::string word(5'000'000, 'a');
  EXPECT_EQ(Tokenize(*model, word).size(), word.size());
  EXPECT_THAT(Tokenize(*model, word + "c"), ElementsAre(kUnknown));
}

}  // namespace
}  // namespace lathe
