#include "engine/tokenizers/post_processors/template.h"

#include "engine/base/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace lathe {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Kind = Template::Piece::Kind;

struct Filled {
  std::vector<int32_t> ids, segment_ids;
};

Filled Fill(const Template& pattern, bool pair) {
  Filled filled;
  pattern.Fill(pair, {7, 8}, {9}, filled.ids, filled.segment_ids);
  return filled;
}

TEST(TemplateTest, Bert) {
  const Template bert = Template::Bert(101, 102);
  EXPECT_THAT(Fill(bert, false).ids, ElementsAre(101, 7, 8, 102));
  EXPECT_THAT(Fill(bert, false).segment_ids, ElementsAre(0, 0, 0, 0));
  EXPECT_THAT(Fill(bert, true).ids, ElementsAre(101, 7, 8, 102, 9, 102));
  EXPECT_THAT(Fill(bert, true).segment_ids, ElementsAre(0, 0, 0, 0, 1, 1));
  EXPECT_EQ(bert.special_tokens(false), 2);
  EXPECT_EQ(bert.special_tokens(true), 3);
}

TEST(TemplateTest, Plain) {
  EXPECT_THAT(Fill(Template::Plain(), true).ids, ElementsAre(7, 8, 9));
  EXPECT_THAT(Fill(Template::Plain(), true).segment_ids, ElementsAre(0, 0, 1));
  EXPECT_EQ(Template::Plain().special_tokens(true), 0);
}

TEST(TemplateTest, AnyOrderAndSeveralTokensInOnePlace) {
  ASSERT_OK_AND_ASSIGN(const Template pattern,
                       Template::Create({{Kind::kFirstText, 3, {}}, {Kind::kSpecialTokens, 4, {1, 2}}},
                                        {{Kind::kSecondText, 0, {}}, {Kind::kFirstText, 1, {}}}));
  EXPECT_THAT(Fill(pattern, false).ids, ElementsAre(7, 8, 1, 2));
  EXPECT_THAT(Fill(pattern, false).segment_ids, ElementsAre(3, 3, 4, 4));
  EXPECT_THAT(Fill(pattern, true).ids, ElementsAre(9, 7, 8));
  EXPECT_EQ(pattern.special_tokens(false), 2);
}

TEST(TemplateTest, RefusesATextThatIsMissingOrTwice) {
  const Template::Piece first{Kind::kFirstText, 0, {}}, second{Kind::kSecondText, 0, {}};
  EXPECT_THAT(Template::Create({}, {first, second}), StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("single")));
  EXPECT_THAT(Template::Create({first, first}, {first, second}), StatusIs(absl::StatusCode::kUnimplemented));
  EXPECT_THAT(Template::Create({first}, {first}), StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("pair")));
}

}  // namespace
}  // namespace lathe
