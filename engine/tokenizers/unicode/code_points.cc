#include "engine/tokenizers/unicode/code_points.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <tuple>

namespace lathe {
namespace {

struct CodePointRange {
  char32_t first, last;
};
// `value` belongs to every `stride`-th code point from `first` to `last`.
struct CodePointRun {
  char32_t first, last, stride;
  int32_t value;
};
struct Composition {
  char32_t first, second, whole;
};

#include "engine/tokenizers/unicode/tables.inc"

// BERT's idea of a Chinese character. Source: google-research/bert, tokenization.py, _is_chinese_char; the reference
// begins the block of extension E at U+2B920 where that has U+2B820, as found by trying every code point.
constexpr CodePointRange kIdeograph[] = {
    {0x3400, 0x4DBF},   {0x4E00, 0x9FFF},   {0xF900, 0xFAFF},   {0x20000, 0x2A6DF},
    {0x2A700, 0x2B73F}, {0x2B740, 0x2B81F}, {0x2B920, 0x2CEAF}, {0x2F800, 0x2FA1F},
};

constexpr size_t kCodePoints = 0x110000;

void Mark(absl::Span<const CodePointRange> ranges, uint16_t bit, uint16_t* classes) {
  for (const CodePointRange& range : ranges) {
    for (char32_t c = range.first; c <= range.last; ++c) classes[c] |= bit;
  }
}

void Mark(absl::Span<const CodePointRun> runs, uint16_t bit, uint16_t* classes) {
  for (const CodePointRun& run : runs) {
    for (char32_t c = run.first; c <= run.last; c += run.stride) classes[c] |= bit;
  }
}

std::unique_ptr<uint16_t[]> MakeClasses() {
  auto classes = std::make_unique<uint16_t[]>(kCodePoints);
  Mark(kWhitespace, kWhitespaceClass, classes.get());
  Mark(kOther, kOtherClass, classes.get());
  Mark(kPunctuation, kPunctuationClass, classes.get());
  Mark(kNonspacingMark, kNonspacingMarkClass, classes.get());
  Mark(kMark, kMarkClass, classes.get());
  Mark(kWord, kWordClass, classes.get());
  Mark(kLowercase, kUpperClass, classes.get());
  classes[0x130] |= kUpperClass;
  Mark(kCombiningClass, kReorderedClass, classes.get());
  Mark(kCanonical, kCanonicalClass, classes.get());
  Mark(kCompatibility, kCompatibilityClass, classes.get());
  Mark(kIdeograph, kIdeographClass, classes.get());
  return classes;
}

// The value of the run that holds a code point, 0 for none. Runs lie in order and do not overlap.
int32_t Find(absl::Span<const CodePointRun> runs, char32_t code_point) {
  const auto run = std::lower_bound(runs.begin(), runs.end(), code_point,
                                    [](const CodePointRun& run, char32_t c) { return run.last < c; });
  if (run == runs.end() || code_point < run->first || (code_point - run->first) % run->stride != 0) return 0;
  return run->value;
}

// Hangul syllables compose by arithmetic. Source: The Unicode Standard, section 3.12.
constexpr char32_t kLeading = 0x1100, kVowel = 0x1161, kTrailing = 0x11A7, kSyllable = 0xAC00;
constexpr char32_t kLeadings = 19, kVowels = 21, kTrailings = 28;

std::optional<char32_t> ComposeHangul(char32_t first, char32_t second) {
  const char32_t leading = first - kLeading, vowel = second - kVowel;  // Wraps below the block, which the test refuses.
  if (leading < kLeadings && vowel < kVowels) return kSyllable + (leading * kVowels + vowel) * kTrailings;
  const char32_t syllable = first - kSyllable, trailing = second - kTrailing;
  if (syllable < kLeadings * kVowels * kTrailings && syllable % kTrailings == 0 && trailing - 1 < kTrailings - 1) {
    return first + trailing;
  }
  return std::nullopt;
}

}  // namespace

absl::Span<const uint16_t> CodePointClasses() {
  static const uint16_t* const classes = MakeClasses().release();
  return {classes, kCodePoints};
}

char32_t Lowercase(char32_t code_point) {
  if (code_point == 0x130) return 'i';
  return code_point + Find(kLowercase, code_point);
}

uint8_t CombiningClass(char32_t code_point) { return Find(kCombiningClass, code_point); }

int Decompose(char32_t code_point, Decomposition kind, char32_t* out) {
  const bool canonical = kind == Decomposition::kCanonical;
  if ((CodePointClasses()[code_point] & (canonical ? kCanonicalClass : kCompatibilityClass)) == 0) {
    *out = code_point;
    return 1;
  }
  utf8proc_int32_t parts[kDecompositionLengthMax];
  int boundary = 0;
  const int options = UTF8PROC_DECOMPOSE | (canonical ? 0 : UTF8PROC_COMPAT);
  const auto length = utf8proc_decompose_char(code_point, parts, kDecompositionLengthMax,
                                              static_cast<utf8proc_option_t>(options), &boundary);
  std::copy_n(parts, length, out);
  return length;
}

std::optional<char32_t> Compose(char32_t first, char32_t second) {
  const auto order = [](const Composition& row, const Composition& wanted) {
    return std::tie(row.first, row.second) < std::tie(wanted.first, wanted.second);
  };
  const Composition wanted{first, second, 0};
  const auto* row = std::lower_bound(std::begin(kCompositions), std::end(kCompositions), wanted, order);
  if (row != std::end(kCompositions) && row->first == first && row->second == second) return row->whole;
  return ComposeHangul(first, second);
}

}  // namespace lathe
