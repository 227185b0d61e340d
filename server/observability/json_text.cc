#include "server/observability/json_text.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstddef>

#include "absl/strings/str_cat.h"

namespace lathe {
namespace {

constexpr absl::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD.

bool IsControl(utf8proc_int32_t character) { return character < 0x20 || (character >= 0x7f && character < 0xa0); }

// The short escape of a character that has one, else nothing.
absl::string_view ShortEscape(utf8proc_int32_t character) {
  switch (character) {
    case '"':
      return "\\\"";
    case '\\':
      return "\\\\";
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    default:
      return "";
  }
}

// Adds one character, given as its code point and its bytes.
void AppendCharacter(utf8proc_int32_t character, absl::string_view bytes, std::string* out) {
  const absl::string_view escape = ShortEscape(character);
  if (!escape.empty()) {
    absl::StrAppend(out, escape);
  } else if (IsControl(character)) {
    absl::StrAppend(out, "\\u", absl::Hex(character, absl::kZeroPad4));
  } else {
    absl::StrAppend(out, bytes);
  }
}

}  // namespace

std::string JsonQuote(absl::string_view text) {
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  std::string out = "\"";
  for (size_t at = 0; at < text.size();) {
    utf8proc_int32_t character = 0;
    const utf8proc_ssize_t length =
        utf8proc_iterate(bytes + at, static_cast<utf8proc_ssize_t>(text.size() - at), &character);
    if (length > 0) {
      AppendCharacter(character, text.substr(at, static_cast<size_t>(length)), &out);
    } else {
      absl::StrAppend(&out, kReplacement);
    }
    at += static_cast<size_t>(std::max<utf8proc_ssize_t>(length, 1));
  }
  out += '"';
  return out;
}

}  // namespace lathe
