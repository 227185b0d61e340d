#include "server/config/setting.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "engine/base/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/config/address.h"
#include "server/config/quote.h"
#include "server/config/suggest.h"

namespace lathe {
namespace {

using ::testing::HasSubstr;

TEST(SettingValueTest, IntegersAreStrict) {
  int64_t target = 3;
  const SettingValue value = IntegerValue(target, -5, 10);
  for (const char* text :
       {"", "-", "11", "-6", "+1", "01", "-0", "1 ", " 1", "1.0", "1e1", "0x1", "99999999999999999999"}) {
    EXPECT_FALSE(value.set(text)) << text;
    EXPECT_EQ(target, 3) << text;
  }
  EXPECT_TRUE(value.set("-5"));
  EXPECT_TRUE(value.set("0"));
  EXPECT_TRUE(value.set("10"));
  EXPECT_EQ(value.get(), "10");
}

TEST(SettingValueTest, BooleansAreTwoWords) {
  bool target = false;
  const SettingValue value = BooleanValue(target);
  EXPECT_FALSE(value.set("yes"));
  EXPECT_TRUE(value.set("true"));
  EXPECT_TRUE(target);
  EXPECT_EQ(value.get(), "true");
}

TEST(SettingValueTest, NamesFitALabelAndAPath) {
  std::string target = "old";
  const SettingValue value = NameValue(target);
  for (const char* text : {"", ".hidden", "-x", "_unknown", "a b", "a/b", "a\nb", "caf\xc3\xa9", "a\"b"}) {
    EXPECT_FALSE(value.set(text)) << text;
  }
  EXPECT_FALSE(value.set(std::string(129, 'a')));
  EXPECT_TRUE(value.set(std::string(128, 'a')));
  EXPECT_TRUE(value.set("sst2-distil_minilm.v1"));
}

TEST(SettingValueTest, EnumsAreNamedValues) {
  enum class Side { kLeft, kRight };
  Side side = Side::kRight;
  const SettingValue value = EnumValue<Side>(side, {{"left", Side::kLeft}, {"right", Side::kRight}});
  EXPECT_EQ(value.get(), "right");
  EXPECT_EQ(value.wanted, "one of left, right");
  EXPECT_FALSE(value.set("Left"));
  EXPECT_TRUE(value.set("left"));
  EXPECT_EQ(side, Side::kLeft);
}

TEST(SettingValueTest, AnOptionalAddressMayBeEmpty) {
  std::string target;
  EXPECT_FALSE(AddressValue(target).set(""));
  EXPECT_TRUE(AddressValue(target, /*optional=*/true).set(""));
  EXPECT_FALSE(AddressValue(target, /*optional=*/true).set("localhost"));
}

TEST(SetFromTextTest, NamesPlaceGotAndWanted) {
  std::string device;
  const Setting setting = {"device", ChoiceValue(device, {"cpu", "cuda"}), "what it runs on"};
  EXPECT_THAT(SetFromText(setting, "gpu", "f.yaml:3: device"),
              StatusIs(absl::StatusCode::kInvalidArgument, "f.yaml:3: device: got \"gpu\", wanted one of cpu, cuda"));
  EXPECT_OK(SetFromText(setting, "cuda", ""));
  EXPECT_EQ(device, "cuda");
}

TEST(ParseAddressTest, TakesHostsOfAllKinds) {
  ASSERT_OK_AND_ASSIGN(const Address v4, ParseAddress("127.0.0.1:50051"));
  EXPECT_EQ(v4.host, "127.0.0.1");
  EXPECT_EQ(v4.port, 50051);
  ASSERT_OK_AND_ASSIGN(const Address v6, ParseAddress("[::1]:0"));
  EXPECT_EQ(v6.host, "::1");
  EXPECT_EQ(v6.port, 0);
  EXPECT_OK(ParseAddress("my-host.example:65535"));
}

TEST(ParseAddressTest, RefusesTheRest) {
  for (const char* text : {"", ":", "host", "host:", ":80", "host:65536", "host:-1", "host:80x", "::1:80", "[::1:80",
                           "[]:80", "http://host:80", "ho st:80", "host:000080"}) {
    EXPECT_THAT(ParseAddress(text), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("wanted HOST:PORT")))
        << text;
  }
}

TEST(EditDistanceTest, CountsEdits) {
  EXPECT_EQ(EditDistance("", ""), 0);
  EXPECT_EQ(EditDistance("", "abc"), 3);
  EXPECT_EQ(EditDistance("abc", ""), 3);
  EXPECT_EQ(EditDistance("kitten", "sitting"), 3);
  EXPECT_EQ(EditDistance("max_token", "max_tokens"), 1);
  EXPECT_EQ(EditDistance("nmae", "name"), 1) << "two neighbours swapped are one mistake";
  EXPECT_EQ(EditDistance("ca", "abc"), 3) << "no substring is edited twice";
}

TEST(SuggestTest, FindsTheNearestOrNothing) {
  const std::vector<std::string> known = {"name", "version", "path", "precision", "max_length"};
  EXPECT_EQ(Suggest("nmae", known), "name");
  EXPECT_EQ(Suggest("maxlength", known), "max_length");
  EXPECT_EQ(Suggest("percision", known), "precision");
  EXPECT_EQ(Suggest("model", known), "");
  EXPECT_EQ(Suggest("", known), "");
  EXPECT_EQ(Suggest(std::string(100000, 'n'), known), "");
}

TEST(QuoteForMessageTest, KeepsAMessageOneShortLine) {
  EXPECT_EQ(QuoteForMessage("a\"b\n\x01"), "\"a\\\"b\\n\\001\"");
  EXPECT_EQ(QuoteForMessage(std::string(100, 'x')), absl::StrCat("\"", std::string(64, 'x'), "...\" (100 bytes)"));
  // The cut does not go through a character.
  std::string text = "x";
  for (int i = 0; i < 40; ++i) text += "\xc3\xbc";
  EXPECT_EQ(QuoteForMessage(text).substr(0, 64), absl::StrCat("\"", text.substr(0, 63)));
  EXPECT_THAT(QuoteForMessage(text), HasSubstr("\xc3\xbc...\" (81 bytes)"));
}

}  // namespace
}  // namespace lathe
