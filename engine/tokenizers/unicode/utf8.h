// UTF-8: checking, reading and writing one code point at a time.
//
// Source: RFC 3629.
#ifndef LATHE_ENGINE_TOKENIZERS_UNICODE_UTF8_H_
#define LATHE_ENGINE_TOKENIZERS_UNICODE_UTF8_H_

#include <cstddef>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace lathe {

// The offset of the first byte that cannot belong to valid UTF-8 (overlong forms and surrogates are invalid too);
// nothing for a valid text.
std::optional<size_t> FindInvalidUtf8(absl::string_view text);

// The length of the ASCII run at the beginning of `text`.
size_t AsciiPrefix(absl::string_view text);

// The number of code points of a valid text.
size_t CountCodePoints(absl::string_view text);

// Reads the code point at `position` of a valid text and moves `position` behind it.
inline char32_t NextCodePoint(absl::string_view text, size_t& position) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[position + i]); };
  const char32_t lead = byte(0);
  const size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  char32_t code_point = length == 1 ? lead : lead & (0xFF >> (length + 1));
  for (size_t i = 1; i < length; ++i) code_point = code_point << 6 | (byte(i) & 0x3F);
  position += length;
  return code_point;
}

// Reads the last code point of a valid, non-empty text.
inline char32_t LastCodePoint(absl::string_view text) {
  size_t position = text.size() - 1;
  while ((text[position] & 0xC0) == 0x80) --position;
  return NextCodePoint(text, position);
}

inline void AppendUtf8(char32_t code_point, std::string& out) {
  const auto continuation = [&](int shift) { return static_cast<char>(0x80 | ((code_point >> shift) & 0x3F)); };
  if (code_point < 0x80) {
    out.push_back(static_cast<char>(code_point));
  } else if (code_point < 0x800) {
    out.append({static_cast<char>(0xC0 | code_point >> 6), continuation(0)});
  } else if (code_point < 0x10000) {
    out.append({static_cast<char>(0xE0 | code_point >> 12), continuation(6), continuation(0)});
  } else {
    out.append({static_cast<char>(0xF0 | code_point >> 18), continuation(12), continuation(6), continuation(0)});
  }
}

}  // namespace lathe

#endif  // LATHE_ENGINE_TOKENIZERS_UNICODE_UTF8_H_
