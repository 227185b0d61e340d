#include "engine/ir/lexer.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"

namespace lathe {
namespace {

bool IsWordCharacter(char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '.'; }
bool IsDigit(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }

}  // namespace

absl::Status ErrorAt(const Token& token, absl::string_view message) {
  return absl::InvalidArgumentError(absl::StrCat(token.line, ":", token.column, ": ", message));
}

void Lexer::Advance(size_t count) {
  for (size_t i = 0; i < count; ++i) {
    column_ = text_[i] == '\n' ? 1 : column_ + 1;
    line_ += text_[i] == '\n' ? 1 : 0;
  }
  text_.remove_prefix(count);
}

void Lexer::SkipBlanks() {
  while (!text_.empty()) {
    if (absl::ascii_isspace(static_cast<unsigned char>(text_[0]))) {
      Advance(1);
    } else if (text_.substr(0, 2) == "//") {
      Advance(std::min(text_.find('\n'), text_.size()));
    } else {
      return;
    }
  }
}

template <typename Predicate>
size_t Lexer::Span(size_t from, Predicate predicate) const {
  size_t end = from;
  while (end < text_.size() && predicate(text_[end])) ++end;
  return end;
}

size_t Lexer::NumberLength() const {
  size_t length = Span(1, [](char c) { return IsDigit(c) || c == '.'; });
  if (length < text_.size() && (text_[length] == 'e' || text_[length] == 'E')) {
    const bool has_sign = length + 1 < text_.size() && (text_[length + 1] == '-' || text_[length + 1] == '+');
    length = Span(length + (has_sign ? 2 : 1), IsDigit);
  }
  return Span(length, IsWordCharacter);  // -inf and -nan; whatever else stands here is refused by who reads the number.
}

absl::StatusOr<Token> Lexer::Take(Token token, TokenKind kind, size_t length, size_t skip_front, size_t skip_back) {
  token.kind = kind;
  token.text = text_.substr(skip_front, length - skip_front - skip_back);
  Advance(length);
  return token;
}

absl::StatusOr<Token> Lexer::Next() {
  SkipBlanks();
  Token token;
  token.line = line_;
  token.column = column_;
  if (text_.empty()) return token;
  const char first = text_[0];
  const char second = text_.size() > 1 ? text_[1] : '\0';
  if (first == '%' || first == '@') {
    const size_t length = Span(1, IsWordCharacter);
    if (length == 1) return ErrorAt(token, absl::StrCat("wanted a name after ", text_.substr(0, 1)));
    return Take(token, first == '%' ? TokenKind::kValue : TokenKind::kSymbol, length, 1, 0);
  }
  if (first == '"') {
    const size_t end = Span(1, [](char c) { return c != '"' && c != '\n'; });
    if (end == text_.size() || text_[end] != '"') return ErrorAt(token, "a string without an end");
    return Take(token, TokenKind::kString, end + 1, 1, 1);
  }
  if (first == '-' && second == '>') return Take(token, TokenKind::kPunctuation, 2, 0, 0);
  if (IsDigit(first) || (first == '-' && IsWordCharacter(second))) {
    return Take(token, TokenKind::kNumber, NumberLength(), 0, 0);
  }
  if (IsWordCharacter(first)) return Take(token, TokenKind::kWord, Span(1, IsWordCharacter), 0, 0);
  if (absl::string_view("(){}[]:=,+*").find(first) != absl::string_view::npos) {
    return Take(token, TokenKind::kPunctuation, 1, 0, 0);
  }
  return ErrorAt(token, absl::StrCat("unexpected character ", text_.substr(0, 1)));
}

}  // namespace lathe
