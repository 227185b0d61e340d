// Tokens that are looked for in the text itself, before it is split into words: [MASK] in "a [MASK] b" is one id.
//
// At each place the longest one counts; matches do not overlap. Matching walks a trie from every place where one of
// them could begin, so a text takes time proportional to its length times the longest token, which the tokenizer
// bounds. Source: tokenizers 0.23.3, AddedVocabulary.
#ifndef LATHE_ENGINE_TOKENIZERS_ADDED_TOKENS_ADDED_TOKENS_H_
#define LATHE_ENGINE_TOKENIZERS_ADDED_TOKENS_ADDED_TOKENS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/tokenizers/trie/byte_trie.h"

namespace lathe {

struct AddedToken {
  std::string content;
  int32_t id = 0;
  bool single_word = false;  // Only where no word character stands before or after it.
  bool lstrip = false;       // Swallows the white space before it.
  bool rstrip = false;       // Swallows the white space after it.
  bool normalized = false;   // Looked for in the normalised text, after normalising the content.
  bool special = false;
};

// Immutable and thread-safe.
class AddedTokens {
 public:
  // Longer contents are refused: they would make matching slow, and no model has them.
  static constexpr size_t kContentBytesMax = 4096;

  // Of equal contents the first one counts. (Contents can become equal by normalising; the reference then takes one of
  // them at random, each time it is loaded.)
  // Errors: INVALID_ARGUMENT (a content that is empty or longer than kContentBytesMax).
  static absl::StatusOr<AddedTokens> Create(std::vector<AddedToken> tokens);

  // Receives the text between tokens (never empty, without an id) and the tokens; returns whether it wants more.
  using Sink = absl::FunctionRef<bool(absl::string_view text, std::optional<int32_t> id)>;

  // Splits `text`, which is valid UTF-8. Returns false when the sink wanted no more.
  bool Split(absl::string_view text, Sink sink) const;

 private:
  struct Found {
    size_t begin, end;
    const AddedToken* token;
  };

  AddedTokens(std::vector<AddedToken> tokens, ByteTrie trie);

  std::optional<Found> Find(absl::string_view text, size_t position) const;

  std::vector<AddedToken> tokens_;
  ByteTrie trie_;                     // Of the contents; values are indices of tokens_.
  std::array<bool, 256> first_byte_;  // Of any content.
};

}  // namespace lathe

#endif  // LATHE_ENGINE_TOKENIZERS_ADDED_TOKENS_ADDED_TOKENS_H_
