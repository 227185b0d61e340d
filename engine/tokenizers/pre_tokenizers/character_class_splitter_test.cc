#include "engine/tokenizers/pre_tokenizers/character_class_splitter.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace lathe {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Rule = CharacterClassSplitter::Rule;

std::vector<std::string> Split(const PreTokenizer& splitter, absl::string_view text) {
  std::vector<std::string> words;
  splitter.Split(text, [&](absl::string_view word) {
    words.emplace_back(word);
    return true;
  });
  return words;
}

TEST(CharacterClassSplitterTest, Bert) {
  const CharacterClassSplitter bert(Rule::kBert);
  EXPECT_THAT(Split(bert, "Hey  friend!?\u00a0don't \u00bfqu\u00e9?"),
              ElementsAre("Hey", "friend", "!", "?", "don", "'", "t", "\u00bf", "qu\u00e9", "?"));
  EXPECT_THAT(Split(bert, ""), IsEmpty());
  EXPECT_THAT(Split(bert, " \t\u3000"), IsEmpty());
  EXPECT_THAT(Split(bert, "a"), ElementsAre("a"));
  EXPECT_THAT(Split(bert, "$+a"), ElementsAre("$", "+", "a"));
}

TEST(CharacterClassSplitterTest, Whitespace) {
  EXPECT_THAT(Split(CharacterClassSplitter(Rule::kWhitespace), "it's... a_1 \u00e9?!x"),
              ElementsAre("it", "'", "s", "...", "a_1", "\u00e9", "?!", "x"));
}

TEST(CharacterClassSplitterTest, WhitespaceSplit) {
  EXPECT_THAT(Split(CharacterClassSplitter(Rule::kWhitespaceSplit), " it's...\u0085 a\u2028b"),
              ElementsAre("it's...", "a", "b"));
}

TEST(CharacterClassSplitterTest, StopsWhenTheSinkHasEnough) {
  int words = 0;
  EXPECT_FALSE(CharacterClassSplitter(Rule::kBert).Split("a b c", [&](absl::string_view) { return ++words < 2; }));
  EXPECT_EQ(words, 2);
}

TEST(PreTokenizerSequenceTest, SplitsWhatWasSplit) {
  std::vector<std::unique_ptr<PreTokenizer>> steps;
  steps.push_back(std::make_unique<CharacterClassSplitter>(Rule::kWhitespaceSplit));
  steps.push_back(std::make_unique<CharacterClassSplitter>(Rule::kBert));
  EXPECT_THAT(Split(PreTokenizerSequence(std::move(steps)), "a, b"), ElementsAre("a", ",", "b"));
  EXPECT_THAT(Split(PreTokenizerSequence({}), "a, b"), ElementsAre("a, b"));
  EXPECT_THAT(Split(PreTokenizerSequence({}), ""), IsEmpty());
}

}  // namespace
}  // namespace lathe
