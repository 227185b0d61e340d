#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/tokenizers/normalizers/bert_normalizer.h"
#include "engine/tokenizers/normalizers/unicode_normalizers.h"
#include "gtest/gtest.h"

namespace lathe {
namespace {

std::string Apply(const Normalizer& normalizer, const std::string& text) {
  std::string out;
  normalizer.Normalize(text, out);
  return out;
}

TEST(BertNormalizerTest, DoesAllFourSteps) {
  const BertNormalizer normalizer({});
  EXPECT_EQ(Apply(normalizer, "Caf\u00e9\tD\u00c9J\u00c0 vu\u200b"), "cafe deja vu");
  EXPECT_EQ(Apply(normalizer, "a\u7535b"), "a \u7535 b");
  EXPECT_EQ(Apply(normalizer, "\u0130stanbul \u1e9e"), "istanbul \u00df");
  EXPECT_EQ(Apply(normalizer, std::string("\0\x7f\xef\xbf\xbd", 5)), "");
}

TEST(BertNormalizerTest, EachStepCanBeOff) {
  EXPECT_EQ(Apply(BertNormalizer({.clean_text = false}), "A\t\x01\x7f"), "a\t\x01\x7f");
  EXPECT_EQ(Apply(BertNormalizer({.handle_chinese_chars = false}), "a\u7535b"), "a\u7535b");
  EXPECT_EQ(Apply(BertNormalizer({.strip_accents = false}), "\u00c9 \u0130"), "\u00e9 i\u0307");
  EXPECT_EQ(Apply(BertNormalizer({.lowercase = false}), "\u00c9A"), "EA");
}

TEST(BertNormalizerTest, MarksThatStayAreOrdered) {
  // U+1D16D (class 226) and U+1D165 (class 216) are spacing marks: accents go, these stay and change places.
  EXPECT_EQ(Apply(BertNormalizer({}), "x\U0001d16d\u0301\U0001d165y"), "x\U0001d165\U0001d16dy");
}

TEST(UnicodeFormTest, AllFour) {
  const std::string text = "\u00e9\ufb01\uac01q\u0307\u0323";
  EXPECT_EQ(Apply(UnicodeForm(Decomposition::kCanonical, false), text), "e\u0301\ufb01\u1100\u1161\u11a8q\u0323\u0307");
  EXPECT_EQ(Apply(UnicodeForm(Decomposition::kCanonical, true), text), "\u00e9\ufb01\uac01q\u0323\u0307");
  EXPECT_EQ(Apply(UnicodeForm(Decomposition::kCompatibility, false), text), "e\u0301fi\u1100\u1161\u11a8q\u0323\u0307");
  EXPECT_EQ(Apply(UnicodeForm(Decomposition::kCompatibility, true), text), "\u00e9fi\uac01q\u0323\u0307");
}

TEST(NormalizerSequenceTest, AppliesStepsInOrder) {
  std::vector<std::unique_ptr<Normalizer>> steps;
  steps.push_back(std::make_unique<UnicodeForm>(Decomposition::kCanonical, false));
  steps.push_back(std::make_unique<StripAccentsNormalizer>());
  steps.push_back(std::make_unique<LowercaseNormalizer>());
  EXPECT_EQ(Apply(NormalizerSequence(std::move(steps)), "\u00c9t\u00e9"), "ete");
}

// A quadratic step would need minutes for these.
TEST(NormalizersTest, HostileTextsTakeLinearTime) {
  std::string accents = "a", spacing_marks = "a";
  for (int i = 0; i < 1'000'000; ++i) accents += i % 2 == 0 ? "\u0301" : "\u0323";
  for (int i = 0; i < 300'000; ++i) spacing_marks += i % 2 == 0 ? "\U0001d16d" : "\U0001d165";
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(Apply(BertNormalizer({}), accents), "a");
  EXPECT_EQ(Apply(BertNormalizer({}), spacing_marks).size(), spacing_marks.size());
  // One U+0323 becomes part of the letter: "a" and two bytes become three.
  EXPECT_EQ(Apply(UnicodeForm(Decomposition::kCanonical, true), accents).size(), accents.size());
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
}

}  // namespace
}  // namespace lathe
