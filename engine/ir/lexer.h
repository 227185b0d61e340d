// Splits the text form of a graph into tokens. Used by the parser alone.
#ifndef LATHE_ENGINE_IR_LEXER_H_
#define LATHE_ENGINE_IR_LEXER_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace lathe {

enum class TokenKind {
  kEnd,
  kWord,    // graph, f32, layer_norm: letters, digits, "_" and "."
  kValue,   // %name, without the "%"
  kSymbol,  // @name, without the "@"
  kNumber,  // 12, -0.5, 1e-12, -inf
  kString,  // "...", without the quotes; no escapes
  kPunctuation,
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  absl::string_view text;
  int line = 1;
  int column = 1;
};

// Reads one token at a time. The text must outlive the tokens.
class Lexer {
 public:
  explicit Lexer(absl::string_view text) : text_(text) {}
  // Errors: INVALID_ARGUMENT at a character that begins no token, or a string without an end.
  absl::StatusOr<Token> Next();

 private:
  void SkipBlanks();
  void Advance(size_t count);
  // Where the run of characters that fit, from `from` on, ends.
  template <typename Predicate>
  size_t Span(size_t from, Predicate predicate) const;
  size_t NumberLength() const;
  // Completes `token` with the next `length` characters, less some at the ends, and moves on.
  absl::StatusOr<Token> Take(Token token, TokenKind kind, size_t length, size_t skip_front, size_t skip_back);

  absl::string_view text_;
  int line_ = 1;
  int column_ = 1;
};

// "line:column: message".
absl::Status ErrorAt(const Token& token, absl::string_view message);

}  // namespace lathe

#endif  // LATHE_ENGINE_IR_LEXER_H_
