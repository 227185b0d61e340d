// Text as a JSON string.
#ifndef LATHE_SERVER_OBSERVABILITY_JSON_TEXT_H_
#define LATHE_SERVER_OBSERVABILITY_JSON_TEXT_H_

#include <string>

#include "absl/strings/string_view.h"

namespace lathe {

// `text` in quotes, escaped as RFC 8259 wants it, and DEL and the C1 controls too, so that a terminal that shows the
// line obeys nothing in it. Each byte that is not part of valid UTF-8 becomes U+FFFD.
std::string JsonQuote(absl::string_view text);

}  // namespace lathe

#endif  // LATHE_SERVER_OBSERVABILITY_JSON_TEXT_H_
