#include "engine/tokenizers/added_tokens/added_tokens.h"

#include <chrono>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace lathe {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Text as it is, tokens as <id>.
std::vector<std::string> Split(const std::vector<AddedToken>& tokens, absl::string_view text) {
  std::vector<std::string> parts;
  AddedTokens::Create(tokens).value().Split(text, [&](absl::string_view part, std::optional<int32_t> id) {
    parts.push_back(id ? absl::StrCat("<", *id, ">") : std::string(part));
    return true;
  });
  return parts;
}

TEST(AddedTokensTest, LongestAtEachPlace) {
  const std::vector<AddedToken> tokens = {{"ab", 1}, {"abc", 2}, {"bcd", 3}};
  EXPECT_THAT(Split(tokens, "abcd"), ElementsAre("<2>", "d"));
  EXPECT_THAT(Split(tokens, "xabbcd"), ElementsAre("x", "<1>", "<3>"));
  EXPECT_THAT(Split(tokens, ""), IsEmpty());
  EXPECT_THAT(Split({}, "ab"), ElementsAre("ab"));
  EXPECT_THAT(Split({{"ab", 1}, {"ab", 2}}, "ab"), ElementsAre("<1>"));
}

TEST(AddedTokensTest, StripsWhiteSpace) {
  const std::vector<AddedToken> tokens = {{.content = "X", .id = 1, .lstrip = true, .rstrip = true}};
  EXPECT_THAT(Split(tokens, "a  X \u3000b"), ElementsAre("a", "<1>", "b"));
  EXPECT_THAT(Split(tokens, "X X  X"), ElementsAre("<1>", "<1>", "<1>"));
  EXPECT_THAT(Split(tokens, "  X  "), ElementsAre("<1>"));
}

TEST(AddedTokensTest, ATokenInsideSwallowedSpace) {
  const std::vector<AddedToken> tokens = {{.content = "x", .id = 1, .rstrip = true}, {" b", 2}, {" ", 3}};
  EXPECT_THAT(Split(tokens, "ax  ba"), ElementsAre("a", "<1>", "<3>", "<2>", "a"));
}

TEST(AddedTokensTest, SingleWordsOnly) {
  const std::vector<AddedToken> tokens = {{.content = "YY", .id = 1, .single_word = true}};
  EXPECT_THAT(Split(tokens, "YY aYY YYb YY.YY"), ElementsAre("<1>", " aYY YYb ", "<1>", ".", "<1>"));
  EXPECT_THAT(Split(tokens, "\u00e9YY"), ElementsAre("\u00e9YY"));
}

TEST(AddedTokensTest, StopsWhenTheSinkHasEnough) {
  const auto tokens = AddedTokens::Create({{"x", 1}}).value();
  EXPECT_FALSE(tokens.Split("axb", [](absl::string_view, std::optional<int32_t> id) { return !id; }));
}

TEST(AddedTokensTest, RefusesEmptyAndEndlessContents) {
  EXPECT_THAT(AddedTokens::Create({{"", 5}}), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("id 5: 0 bytes")));
  EXPECT_THAT(AddedTokens::Create({{std::string(5000, 'x'), 5}}), StatusIs(absl::StatusCode::kInvalidArgument));
}

// Looking for the end of the white space from each of a million matches in it would take minutes.
TEST(AddedTokensTest, HostileTextsTakeLinearTime) {
  const std::string spaces(1'000'000, ' ');
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(Split({{.content = " ", .id = 1, .lstrip = true, .rstrip = true}}, spaces).size(), spaces.size());
  EXPECT_THAT(Split({{.content = "x", .id = 1, .lstrip = true}}, spaces + "x"), ElementsAre("<1>"));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
}

}  // namespace
}  // namespace lathe
