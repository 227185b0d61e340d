// "did you mean ...?": the known word that a misspelt one was meant to be.
#ifndef LATHE_SERVER_CONFIG_SUGGEST_H_
#define LATHE_SERVER_CONFIG_SUGGEST_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace lathe {

// The number of single-character insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`.
// Source: Damerau 1964, in the form of optimal string alignment (no substring is edited twice).
int EditDistance(absl::string_view a, absl::string_view b);

// The word of `known` that is nearest to `word`, the first among equals; empty when none is within a third of the
// length of `word`, at least 1.
std::string Suggest(absl::string_view word, absl::Span<const std::string> known);

}  // namespace lathe

#endif  // LATHE_SERVER_CONFIG_SUGGEST_H_
