#include "server/config/address.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "server/config/quote.h"

namespace lathe {
namespace {

constexpr size_t kPortDigitsMax = 5;
constexpr int kPortMax = 65535;

bool ParsePort(absl::string_view text, int* port) {
  return !text.empty() && text.size() <= kPortDigitsMax && std::all_of(text.begin(), text.end(), absl::ascii_isdigit) &&
         absl::SimpleAtoi(text, port) && *port <= kPortMax;
}

// Takes the brackets off an IPv6 host; false for text that cannot be a host.
bool ParseHost(absl::string_view text, std::string* host) {
  const bool bracketed = absl::ConsumePrefix(&text, "[");
  if (bracketed && !absl::ConsumeSuffix(&text, "]")) return false;
  const auto allowed = [bracketed](char c) {
    return absl::ascii_isalnum(c) || c == '.' || c == '-' || c == '_' || (bracketed && (c == ':' || c == '%'));
  };
  *host = std::string(text);
  return !text.empty() && std::all_of(text.begin(), text.end(), allowed);
}

}  // namespace

absl::StatusOr<Address> ParseAddress(absl::string_view text) {
  const size_t colon = text.rfind(':');
  Address address;
  if (colon == absl::string_view::npos || !ParseHost(text.substr(0, colon), &address.host) ||
      !ParsePort(text.substr(colon + 1), &address.port)) {
    return absl::InvalidArgumentError(absl::StrCat("address: got ", QuoteForMessage(text), ", wanted HOST:PORT"));
  }
  return address;
}

}  // namespace lathe
