#include "server/config/strict_yaml.h"

#include <string>
#include <vector>

#include "engine/base/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace lathe {
namespace {

using ::testing::HasSubstr;

// A configuration small enough to see all of.
struct Sample {
  std::string name;
  bool fast = false;
  int64_t max_tokens = 4096;
  int64_t max_calls = 10;

  std::vector<Setting> Settings() {
    return {
        {"name", NameValue(name), "what it is called", true},
        {"fast", BooleanValue(fast), "whether it is quick"},
        {"batching.max_tokens", IntegerValue(max_tokens, 1, 1048576), "tokens"},
        {"batching.max_calls", IntegerValue(max_calls, 1, 100), "calls"},
    };
  }
};

std::string ErrorOf(absl::string_view text) {
  Sample sample;
  const absl::Status status = ReadYaml(text, "configs/models/sentiment.yaml", sample.Settings()).status();
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument)) << text;
  return std::string(status.message());
}

TEST(ReadYamlTest, StoresValuesAndRemembersTheirLines) {
  Sample sample;
  ASSERT_OK_AND_ASSIGN(const YamlPlaces places,
                       ReadYaml("name: x\nfast: true\nbatching:\n  max_tokens: 7\n", "f.yaml", sample.Settings()));
  EXPECT_EQ(sample.name, "x");
  EXPECT_TRUE(sample.fast);
  EXPECT_EQ(sample.max_tokens, 7);
  EXPECT_EQ(sample.max_calls, 10);
  EXPECT_EQ(places.Of("batching.max_tokens"), "f.yaml:4: batching.max_tokens");
  EXPECT_EQ(places.Of("batching.max_calls"), "f.yaml: batching.max_calls");
}

TEST(ReadYamlTest, AnEmptySectionIsNone) {
  Sample sample;
  EXPECT_OK(ReadYaml("name: x\nbatching:\n  # max_tokens: 1\n", "f.yaml", sample.Settings()));
}

// The two errors that the documentation shows.
TEST(ReadYamlTest, SaysWhatAStrangerNeeds) {
  EXPECT_EQ(ErrorOf("name: x\n\n\n\n\nbatching:\n  max_token: 5\n"),
            "configs/models/sentiment.yaml:7: batching.max_token: unknown key; did you mean max_tokens?");
  EXPECT_EQ(ErrorOf("name: x\nbatching:\n  max_tokens: abc\n"),
            "configs/models/sentiment.yaml:3: batching.max_tokens: got \"abc\", wanted an integer from 1 to 1048576");
}

TEST(ReadYamlTest, ReportsAllMistakesInTheOrderOfTheLines) {
  EXPECT_EQ(
      ErrorOf("batching:\n  max_tokens: 0\nfats: true\n"),
      "configs/models/sentiment.yaml: name: missing; wanted a name of at most 128 letters, digits, '.', '_' and '-', "
      "the first a letter or a digit\n"
      "configs/models/sentiment.yaml:2: batching.max_tokens: got \"0\", wanted an integer from 1 to 1048576\n"
      "configs/models/sentiment.yaml:3: fats: unknown key; did you mean fast?");
}

TEST(ReadYamlTest, AdvisesOnUnknownKeys) {
  EXPECT_THAT(ErrorOf("name: x\nmax_tokens: 5\n"), HasSubstr("unknown key; did you mean batching.max_tokens?"));
  EXPECT_THAT(ErrorOf("name: x\nsomething: 5\n"), HasSubstr("unknown key; wanted one of name, fast, batching"));
  EXPECT_THAT(ErrorOf("name: x\nbatching:\n  name: y\n"), HasSubstr("batching.name: unknown key; did you mean name?"));
  EXPECT_THAT(ErrorOf("name: x\n<<: {fast: true}\n"), HasSubstr("<<: unknown key"));
  // A dotted key is what messages show, but two spellings of one key could contradict each other in one file.
  EXPECT_THAT(ErrorOf("name: x\nbatching.max_tokens: 5\n"),
              HasSubstr("unknown key; write it as max_tokens under batching"));
}

TEST(ReadYamlTest, RefusesValuesThatOnlyLookRight) {
  for (const char* value : {"\"5\"", "'5'", "5.0", "1e3", "0x10", "010", "+5", ".inf", "1_000", "-1", "[5]", "{a: 5}",
                            "", "~", "99999999999999999999", "|\n    5"}) {
    const std::string text = std::string("name: x\nbatching:\n  max_tokens: ") + value + "\n";
    EXPECT_THAT(ErrorOf(text), HasSubstr("wanted an integer from 1 to 1048576")) << value;
  }
  for (const char* value : {"yes", "on", "True", "1", "\"true\""}) {
    EXPECT_THAT(ErrorOf(std::string("name: x\nfast: ") + value + "\n"), HasSubstr("wanted true or false")) << value;
  }
}

TEST(ReadYamlTest, ATextMayLookLikeAnything) {
  for (const char* value : {"no", "010", "\"no\"", "1e3", "true"}) {
    Sample sample;
    EXPECT_OK(ReadYaml(std::string("name: ") + value + "\n", "f.yaml", sample.Settings())) << value;
  }
}

TEST(ReadYamlTest, RefusesTheWrongShape) {
  EXPECT_THAT(ErrorOf("[name, x]"), HasSubstr("sentiment.yaml:1: got a list, wanted keys and values"));
  EXPECT_THAT(ErrorOf("just words"), HasSubstr("got \"just words\", wanted keys and values"));
  EXPECT_THAT(ErrorOf("name: x\nbatching: 5\n"), HasSubstr(":2: batching: got \"5\", wanted keys and values"));
  EXPECT_THAT(ErrorOf("name: {first: x}\n"), HasSubstr("name: got a map, wanted a name"));
  EXPECT_THAT(ErrorOf(""), HasSubstr("name: missing"));
}

}  // namespace
}  // namespace lathe
