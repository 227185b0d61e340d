#include "server/config/quote.h"

#include <cstddef>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace lathe {
namespace {

constexpr size_t kShownBytesMax = 64;

}  // namespace

std::string QuoteForMessage(absl::string_view text) {
  if (text.size() <= kShownBytesMax) return absl::StrCat("\"", absl::Utf8SafeCEscape(text), "\"");
  size_t end = kShownBytesMax;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;  // Not inside a character.
  return absl::StrCat("\"", absl::Utf8SafeCEscape(text.substr(0, end)), "...\" (", text.size(), " bytes)");
}

}  // namespace lathe
