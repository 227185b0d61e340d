// What is checked here is what the tables cannot say; every code point is compared with the reference in
// engine/tokenizers/reference_test.cc.
#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "engine/tokenizers/unicode/canonical_order.h"
#include "engine/tokenizers/unicode/code_points.h"
#include "engine/tokenizers/unicode/utf8.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace lathe {
namespace {

using testing::Eq;
using testing::Optional;

TEST(Utf8Test, EveryCodePointComesBack) {
  for (char32_t c = 0; c < 0x110000; ++c) {
    if (c >= 0xD800 && c < 0xE000) continue;
    std::string text = "ab";
    AppendUtf8(c, text);
    ASSERT_EQ(FindInvalidUtf8(text), std::nullopt) << static_cast<uint32_t>(c);
    size_t position = 2;
    ASSERT_EQ(NextCodePoint(text, position), c);
    ASSERT_EQ(position, text.size());
    ASSERT_EQ(LastCodePoint(text), c);
    ASSERT_EQ(CountCodePoints(text), 3u);
  }
}

TEST(Utf8Test, FindsTheFirstInvalidByte) {
  EXPECT_EQ(FindInvalidUtf8(""), std::nullopt);
  EXPECT_THAT(FindInvalidUtf8("\x80"), Optional(Eq(0u)));
  EXPECT_THAT(FindInvalidUtf8("abc\xC3"), Optional(Eq(3u)));                // cut off
  EXPECT_THAT(FindInvalidUtf8("abcdefgh\xC0\xAF"), Optional(Eq(8u)));       // overlong
  EXPECT_THAT(FindInvalidUtf8("\xC3\xA9\xE0\x80\x80"), Optional(Eq(2u)));   // overlong
  EXPECT_THAT(FindInvalidUtf8("\xED\xA0\x80"), Optional(Eq(0u)));           // surrogate
  EXPECT_THAT(FindInvalidUtf8("\xF4\x90\x80\x80"), Optional(Eq(0u)));       // beyond U+10FFFF
  EXPECT_THAT(FindInvalidUtf8("\xF0\x9F\x98 smile"), Optional(Eq(0u)));     // a byte short
  EXPECT_THAT(FindInvalidUtf8("\xE2\x82\xAC\xE2\x82("), Optional(Eq(3u)));  // wrong third byte
  EXPECT_THAT(FindInvalidUtf8("0123456\xFF"
                              "9012345"),
              Optional(Eq(7u)));  // inside a word of eight
}

TEST(CodePointsTest, LowercaseOfOneIsOne) {
  EXPECT_EQ(Lowercase('A'), U'a');
  EXPECT_EQ(Lowercase('a'), U'a');
  EXPECT_EQ(Lowercase(0x0100), char32_t{0x0101});
  EXPECT_EQ(Lowercase(0x0101), char32_t{0x0101});  // between two of a run of stride 2
  EXPECT_EQ(Lowercase(0x1E9E), char32_t{0xDF});
  EXPECT_EQ(Lowercase(0x10FFFF), char32_t{0x10FFFF});
}

TEST(CodePointsTest, HangulComposesByArithmetic) {
  EXPECT_THAT(Compose(0x1100, 0x1161), Optional(char32_t{0xAC00}));
  EXPECT_THAT(Compose(0xAC00, 0x11A8), Optional(char32_t{0xAC01}));
  EXPECT_EQ(Compose(0xAC00, 0x11A7), std::nullopt);
  EXPECT_EQ(Compose(0xAC01, 0x11A8), std::nullopt);
  EXPECT_EQ(Compose(0x10FF, 0x1161), std::nullopt);
}

TEST(CanonicalOrderTest, BothSortsAreStable) {
  const uint32_t seed = std::random_device()();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  for (size_t size : {0, 1, 2, 5, 32, 33, 200}) {
    std::vector<CombiningMark> marks(size);
    for (size_t i = 0; i < size; ++i) marks[i] = {static_cast<char32_t>(i), static_cast<uint8_t>(random() % 7 * 40)};
    std::vector<CombiningMark> wanted = marks;
    std::stable_sort(wanted.begin(), wanted.end(),
                     [](const auto& a, const auto& b) { return a.combining_class < b.combining_class; });
    SortByCombiningClass(marks);
    for (size_t i = 0; i < size; ++i) EXPECT_EQ(marks[i].code_point, wanted[i].code_point);
  }
}

}  // namespace
}  // namespace lathe
