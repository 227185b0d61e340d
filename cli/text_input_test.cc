#include "cli/text_input.h"

#include <sstream>

#include "cli/synthetic.h"
#include "engine/base/status_matchers.h"

namespace lathe::cli {
namespace {

using ::testing::HasSubstr;

TEST(TextReader, ALineIsATextAsItStands) {
  std::istringstream in("first\n\n\"quoted\"\r\nlast");
  ASSERT_OK_AND_ASSIGN(TextReader reader, TextReader::Open({}, in));
  for (const char* wanted : {"first", "", "\"quoted\"", "last"}) {
    ASSERT_OK_AND_ASSIGN(const auto text, reader.Next());
    EXPECT_EQ(text->text, wanted);
    EXPECT_FALSE(text->pair.has_value());
  }
  ASSERT_OK_AND_ASSIGN(const auto end, reader.Next());
  EXPECT_FALSE(end.has_value());
}

TEST(TextReader, JsonLinesGiveAnyTextAndPairs) {
  std::istringstream in("\"a\\nb\\u0000\"\n[\"one\", \"two\"]\n{}\n");
  ASSERT_OK_AND_ASSIGN(TextReader reader, TextReader::Open({"-", true}, in));
  ASSERT_OK_AND_ASSIGN(const auto first, reader.Next());
  EXPECT_EQ(first->text, std::string("a\nb\0", 4));
  ASSERT_OK_AND_ASSIGN(const auto second, reader.Next());
  EXPECT_EQ(second->pair, "two");
  EXPECT_THAT(reader.Next(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("standard input:3: ")));
}

TEST(TextReader, AMissingFileIsNamed) {
  std::istringstream in;
  EXPECT_THAT(TextReader::Open({"/no/such", false}, in).status(),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("/no/such")));
}

TEST(Shape, IsSequencesTimesTokens) {
  EXPECT_THAT(ParseShape("2x3"), IsOkAndHolds(testing::ElementsAre(3, 3)));
  for (const char* wrong : {"", "2", "x3", "0x3", "2x0", "2x3x4", "-1x3", "9999999999x2"}) {
    EXPECT_THAT(ParseShape(wrong), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("wanted SEQUENCESxTOKENS")))
        << wrong;
  }
}

}  // namespace
}  // namespace lathe::cli
