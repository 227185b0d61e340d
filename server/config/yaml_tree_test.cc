#include "server/config/yaml_tree.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "engine/base/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace lathe {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string Repeat(absl::string_view text, int count) {
  std::string repeated;
  for (int i = 0; i < count; ++i) absl::StrAppend(&repeated, text);
  return repeated;
}

std::string ErrorOf(absl::string_view text) {
  const absl::Status status = ParseYaml(text, "f.yaml").status();
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument)) << text.substr(0, 100);
  return std::string(status.message());
}

TEST(ParseYamlTest, KeepsOrderLinesAndQuoting) {
  ASSERT_OK_AND_ASSIGN(const YamlNode root, ParseYaml("# comment\na: 1\nb:\n  c: \"2\"\n  d: [x, y]\ne:\n", "f.yaml"));
  ASSERT_EQ(root.kind, YamlNode::Kind::kMap);
  ASSERT_EQ(root.entries.size(), 3u);
  EXPECT_EQ(root.entries[0].key, "a");
  EXPECT_EQ(root.entries[0].line, 2);
  EXPECT_EQ(root.entries[0].value.text, "1");
  EXPECT_FALSE(root.entries[0].value.quoted);
  const YamlNode& b = root.entries[1].value;
  ASSERT_EQ(b.entries.size(), 2u);
  EXPECT_EQ(b.entries[0].line, 4);
  EXPECT_TRUE(b.entries[0].value.quoted);
  ASSERT_EQ(b.entries[1].value.items.size(), 2u);
  EXPECT_EQ(b.entries[1].value.items[1].text, "y");
  EXPECT_EQ(root.entries[2].value.kind, YamlNode::Kind::kEmpty);
}

// YAML 1.1's booleans, octal numbers and the like are texts: what they mean is for the reader of the tree to say.
TEST(ParseYamlTest, TypesNothing) {
  for (const char* text : {"no", "yes", "on", "010", "1e3", ".inf", "0x10", "1_000", "2026-01-31", "12:30:45"}) {
    ASSERT_OK_AND_ASSIGN(const YamlNode root, ParseYaml(text, "f.yaml"));
    EXPECT_EQ(root.kind, YamlNode::Kind::kScalar) << text;
    EXPECT_EQ(root.text, text);
  }
}

TEST(ParseYamlTest, NothingIsAnEmptyNode) {
  for (const char* text : {"", "\n", "# only a comment\n", "---\n", "~", "null"}) {
    ASSERT_OK_AND_ASSIGN(const YamlNode root, ParseYaml(text, "f.yaml"));
    EXPECT_EQ(root.kind, YamlNode::Kind::kEmpty) << text;
  }
}

TEST(ParseYamlTest, RefusesWhatHidesMeaning) {
  EXPECT_THAT(ErrorOf("a: &x 1\n"), StartsWith("f.yaml:1: an anchor (&)"));
  EXPECT_THAT(ErrorOf("a: 1\nb: &x\n"), StartsWith("f.yaml:2: an anchor (&)"));
  EXPECT_THAT(ErrorOf("a: &x {b: 1}\nc: *x\n"), HasSubstr("an anchor"));
  EXPECT_THAT(ErrorOf("&k a: 1\n"), HasSubstr("an anchor"));
  EXPECT_THAT(ErrorOf("a: 1\nb: !!str 2\n"), StartsWith("f.yaml:2: a tag, \"tag:yaml.org,2002:str\""));
  EXPECT_THAT(ErrorOf("a: !x {b: 1}\n"), HasSubstr("a tag, \"!x\""));
  EXPECT_THAT(ErrorOf("a: !!python/object:os.system [ls]\n"), HasSubstr("a tag"));
  EXPECT_THAT(ErrorOf("a: ! [b]\n"), HasSubstr("a tag"));
  EXPECT_THAT(ErrorOf("a: !!null\n"), HasSubstr("a tag"));
  EXPECT_THAT(ErrorOf("a: 1\nb: 2\na: 3\n"), StartsWith("f.yaml:3: \"a\": key given twice; first in line 1"));
  EXPECT_THAT(ErrorOf("a: {b: 1, b: 2}\n"), HasSubstr("\"b\": key given twice"));
  EXPECT_THAT(ErrorOf("[a, b]: 1\n"), HasSubstr("a key that is a list or a map"));
  EXPECT_THAT(ErrorOf("~: 1\n"), HasSubstr("an empty key"));
  EXPECT_THAT(ErrorOf("a: ! \"b\"\n"), HasSubstr("a tag"));
  EXPECT_THAT(ErrorOf("a: 1\n---\nb: 1\n"), HasSubstr("a second document"));
}

// An alias without its anchor, and one to the node that holds it, never get as far as being followed.
TEST(ParseYamlTest, RefusesAliases) {
  EXPECT_THAT(ErrorOf("a: *x\n"), StartsWith("f.yaml:1: "));
  EXPECT_THAT(ErrorOf("&x a: *x\n"), StartsWith("f.yaml:1: "));
  EXPECT_THAT(ErrorOf("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"), StartsWith("f.yaml:1: an anchor"));
}

TEST(ParseYamlTest, RefusesBytesThatAreNoText) {
  using namespace std::string_literals;  // NOLINT: for texts with NUL in them.
  EXPECT_EQ(ErrorOf("a: 1\nb: \xff\n"), "f.yaml:2: bytes that are not UTF-8");
  EXPECT_EQ(ErrorOf("a: \xed\xa0\x80\n"), "f.yaml:1: bytes that are not UTF-8") << "a surrogate";
  EXPECT_EQ(ErrorOf("a: 1\n\nb\0: 1\n"s), "f.yaml:3: control character 0x00");
  EXPECT_EQ(ErrorOf("a: \x1b[31m\n"), "f.yaml:1: control character 0x1b");
  EXPECT_THAT(ErrorOf("\xff\xfe\x61\x00"s), HasSubstr("not UTF-8")) << "UTF-16";
}

TEST(ParseYamlTest, SaysWhereTheSyntaxIsWrong) {
  EXPECT_THAT(ErrorOf("a: 1\n  b: 2\n"), StartsWith("f.yaml:2: not YAML: "));
  EXPECT_THAT(ErrorOf("a: [1, 2\nb: 3\n"), StartsWith("f.yaml:"));
  EXPECT_THAT(ErrorOf("a: 1\n\tb: 2\n"), HasSubstr("not YAML: "));
  EXPECT_THAT(ErrorOf("%YAML 9.9.9\n---\na: 1\n"), HasSubstr("not YAML: "));
}

// yaml-cpp takes a newline at the end of the file for the closing quote, so a file that is half written would pass.
TEST(ParseYamlTest, RefusesAQuoteThatIsNotClosed) {
  for (const char* text : {"a: \"open\n", "a: 'open\n", "a: \"open\\\"", "a: 'it''", "\xc3\xbc: 1\nb: \"open"}) {
    EXPECT_THAT(ErrorOf(text), AnyOf(HasSubstr("a quote that is not closed"), HasSubstr("illegal EOF"))) << text;
  }
  const std::string bom = absl::StrCat("\xef\xbb\xbf", "a: \"b\"");
  for (const char* text : {"a: \"\"", "a: ''", "a: \"b\\\\\"", "a: 'it''s'", "\xc3\xbc\xc3\xbc: \"b\"", "a: |\n  \"b\n",
                           bom.c_str(), "a: \"b\"\r\nc: 'd'\r\n", "a: b\"c"}) {
    EXPECT_OK(ParseYaml(text, "f.yaml")) << text;
  }
}

TEST(ParseYamlTest, LimitsSizeDepthAndNodes) {
  EXPECT_THAT(ErrorOf(std::string(kYamlBytesMax + 1, ' ')), HasSubstr("1048577 bytes, wanted at most 1048576"));
  EXPECT_THAT(ErrorOf(absl::StrCat("a: ", Repeat("[", kYamlDepthMax), Repeat("]", kYamlDepthMax))),
              HasSubstr("nested deeper than 16 levels"));
  EXPECT_THAT(ErrorOf(Repeat("- 1\n", kYamlNodesMax + 1)), HasSubstr("more than 10000 values"));
  EXPECT_OK(ParseYaml(Repeat("- 1\n", kYamlNodesMax - 1), "f.yaml"));
}

// Depth that once overran the stack of yaml-cpp. Source: CVE-2017-5950, CVE-2018-20573, CVE-2019-6285 and their kin.
TEST(ParseYamlTest, SurvivesExtremeNesting) {
  for (const char* opening : {"[", "{", "- ", "{a: ", "[{", "? ", "!", "&a ", "\"", "-\t"}) {
    ErrorOf(Repeat(opening, 20000));
  }
}

}  // namespace
}  // namespace lathe
