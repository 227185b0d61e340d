#include "engine/json/json.h"

#include <string>

#include "engine/base/status_matchers.h"

namespace lathe {
namespace {

using ::testing::HasSubstr;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

TEST(Json, EveryKindIsReadAsItself) {
  ASSERT_OK_AND_ASSIGN(JsonValue root, ParseJson(R"( {"n":null,"b":true,"i":-3,"d":2.5,"s":"a\u0000b","l":[1,"x"]} )"));
  EXPECT_TRUE(root.Find("n")->is_null());
  EXPECT_EQ(root.Find("b")->boolean(), true);
  EXPECT_EQ(root.Find("i")->integer(), -3);
  EXPECT_EQ(root.Find("i")->number(), -3.0);
  EXPECT_EQ(root.Find("d")->number(), 2.5);
  EXPECT_EQ(root.Find("d")->integer(), std::nullopt);
  EXPECT_EQ(*root.Find("s")->string(), std::string("a\0b", 3));
  EXPECT_EQ(root.Find("l")->array()->size(), 2u);
  EXPECT_EQ(root.object()->front().first, "n");
  EXPECT_EQ(root.Find("absent"), nullptr);
  EXPECT_EQ(root.Find("s")->Find("s"), nullptr);
}

TEST(Json, IntegersBeyondInt64AreNoIntegers) {
  ASSERT_OK_AND_ASSIGN(JsonValue root, ParseJson("[9223372036854775807, 9223372036854775808, 1.0, 1e3]"));
  EXPECT_EQ((*root.array())[0].integer(), INT64_MAX);
  for (int i = 1; i < 4; ++i) EXPECT_EQ((*root.array())[i].integer(), std::nullopt) << i;
  EXPECT_EQ((*root.array())[1].number(), 9223372036854775808.0);
}

TEST(Json, WhatIsNoJsonIsRefused) {
  for (const char* text : {"", " ", "{", "{} x", "{}{}", "{'a':1}", "[1,]", "nul", "\"\\x\"", "{\"a\" 1}", "[01]"}) {
    EXPECT_THAT(ParseJson(text), StatusIs(kInvalid, HasSubstr("not valid JSON"))) << text;
  }
  EXPECT_THAT(ParseJson("\"\xff\""), StatusIs(kInvalid, "not valid UTF-8"));
  EXPECT_THAT(ParseJson(absl::string_view("{}\0", 3)), StatusIs(kInvalid, HasSubstr("not valid JSON")));
}

TEST(Json, DuplicateKeysAreRefusedAtEveryLevel) {
  EXPECT_THAT(ParseJson(R"({"a":1,"a":1})"), StatusIs(kInvalid, HasSubstr("\"a\" stands twice")));
  EXPECT_THAT(ParseJson(R"([{"x":{"b":1,"\u0062":2}}])"), StatusIs(kInvalid, HasSubstr("\"b\" stands twice")));
  EXPECT_OK(ParseJson(R"({"a":{"b":1},"b":{"b":1}})"));
}

TEST(Json, LimitsHold) {
  JsonLimits limits;
  limits.depth = 3;
  EXPECT_OK(ParseJson("[[[1]]]", limits));
  EXPECT_THAT(ParseJson("[[[[1]]]]", limits), StatusIs(kInvalid, HasSubstr("deeper than 3")));
  EXPECT_THAT(ParseJson(std::string(100000, '[') + std::string(100000, ']')),
              StatusIs(kInvalid, HasSubstr("deeper than 16")));
  limits.values = 4;
  EXPECT_OK(ParseJson("[1,2,3]", limits));
  EXPECT_THAT(ParseJson("[1,2,3,4]", limits), StatusIs(kInvalid, "too many JSON values"));
  limits.bytes = 3;
  EXPECT_THAT(ParseJson("[12]", limits), StatusIs(kInvalid, HasSubstr("4 bytes, wanted at most 3")));
}

TEST(Json, DescribeSaysWhatWasGot) {
  EXPECT_EQ(JsonValue().Describe(), "null");
  EXPECT_EQ(JsonValue(int64_t{3}).Describe(), "the number 3");
  EXPECT_EQ(JsonValue(std::string("a\nb")).Describe(), "a string \"a\\nb\"");
  EXPECT_EQ(JsonValue(JsonValue::Array{}).Describe(), "an array");
  // The cut falls between characters: 99 bytes, then one of two.
  EXPECT_EQ(Quoted(std::string(99, 'x') + "é and more"), "\"" + std::string(99, 'x') + "...\"");
}

}  // namespace
}  // namespace lathe
