// WordPiece: a word becomes the longest token that it begins with, then the longest continuing token, and so on; a word
// that does not work out, or has too many characters, becomes the unknown token as a whole.
//
// Done in one pass over the bytes: when a node of the trie has no child for the next byte, its failure link leads to
// where the greedy rule would stand after the tokens that the text behind us has already decided. Source: Song et al.
// 2021, "Fast WordPiece Tokenization", arXiv 2012.15524, algorithms 1 and 2. Where that marks continuing tokens by
// their prefix, here they hang below one more byte, 0xFF, which no UTF-8 text has.
#ifndef LATHE_ENGINE_TOKENIZERS_MODELS_WORD_PIECE_H_
#define LATHE_ENGINE_TOKENIZERS_MODELS_WORD_PIECE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/tokenizers/models/model.h"
#include "engine/tokenizers/trie/byte_trie.h"

namespace lathe {

struct WordPieceOptions {
  std::vector<std::pair<std::string, int32_t>> vocabulary;  // Tokens and their ids, which are not negative.
  std::string continuing_subword_prefix = "##";
  int32_t unknown_id = 0;
  size_t max_input_chars_per_word = 100;  // Code points.
};

class WordPiece final : public TokenModel {
 public:
  // Errors: INVALID_ARGUMENT (the vocabulary is too large).
  static absl::StatusOr<std::unique_ptr<WordPiece>> Create(const WordPieceOptions& options);

  void Tokenize(absl::string_view word, std::vector<int32_t>& ids) const override;

 private:
  // Where to go on when a node has no child for the next byte, and the tokens that are certain by then.
  struct Failure {
    int32_t link = ByteTrie::kNone;
    uint32_t begin = 0, end = 0;  // In certain_.
  };

  WordPiece(ByteTrie trie, int32_t unknown_id, size_t max_input_chars_per_word);

  absl::Status MakeFailures(const std::vector<ByteTrie::Edge>& edges);
  absl::Status MakeFailure(const ByteTrie::Edge& edge);
  bool TooLong(absl::string_view word) const;
  bool Match(absl::string_view word, std::vector<int32_t>& ids) const;
  bool Fail(int32_t& node, std::vector<int32_t>& ids) const;

  ByteTrie trie_;
  int32_t continuing_root_;
  std::vector<Failure> failures_;  // By node.
  std::vector<int32_t> certain_;
  int32_t unknown_id_;
  size_t max_input_chars_per_word_;
};

}  // namespace lathe

#endif  // LATHE_ENGINE_TOKENIZERS_MODELS_WORD_PIECE_H_
