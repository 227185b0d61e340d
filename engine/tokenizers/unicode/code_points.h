// What the reference tokenizer knows about code points: classes, lower case, decompositions, compositions.
//
// The reference mixes several releases of Unicode; tables.inc, made by make_tables.py, holds what was read off its
// behaviour. Everything here is immutable after the first call and thread-safe.
#ifndef LATHE_ENGINE_TOKENIZERS_UNICODE_CODE_POINTS_H_
#define LATHE_ENGINE_TOKENIZERS_UNICODE_CODE_POINTS_H_

#include <cstdint>
#include <optional>

#include "absl/types/span.h"

namespace lathe {

enum CodePointClass : uint16_t {
  kWhitespaceClass = 1 << 0,
  kOtherClass = 1 << 1,           // Control, format, private use, NUL and U+FFFD.
  kPunctuationClass = 1 << 2,     // A word by itself for BERT: ASCII symbols too.
  kNonspacingMarkClass = 1 << 3,  // Category Mn.
  kMarkClass = 1 << 4,            // Categories M*.
  kWordClass = 1 << 5,            // A regular expression's \w.
  kUpperClass = 1 << 6,           // Has another lower case.
  kReorderedClass = 1 << 7,       // Canonical combining class other than 0.
  kCanonicalClass = 1 << 8,       // NFD changes it.
  kCompatibilityClass = 1 << 9,   // NFKD changes it.
  kIdeographClass = 1 << 10,      // BERT puts spaces around it.
};

// The classes of every code point, indexed by it: 0x110000 entries, of which only the pages in use are ever touched.
absl::Span<const uint16_t> CodePointClasses();

// The lower case of a code point by itself. Only U+0130 has one of two code points: its second is U+0307.
char32_t Lowercase(char32_t code_point);

// The canonical combining class, 0 for most.
uint8_t CombiningClass(char32_t code_point);

enum class Decomposition { kCanonical, kCompatibility };

// The longest decomposition of one code point (U+FDFA).
inline constexpr int kDecompositionLengthMax = 18;

// Writes the full decomposition of a code point to `out` and returns its length.
// Requires: room for kDecompositionLengthMax.
int Decompose(char32_t code_point, Decomposition kind, char32_t* out);

// The code point that `first` and `second` compose to under NFC.
std::optional<char32_t> Compose(char32_t first, char32_t second);

}  // namespace lathe

#endif  // LATHE_ENGINE_TOKENIZERS_UNICODE_CODE_POINTS_H_
