// Text from outside, made fit for a message.
#ifndef LATHE_SERVER_CONFIG_QUOTE_H_
#define LATHE_SERVER_CONFIG_QUOTE_H_

#include <string>

#include "absl/strings/string_view.h"

namespace lathe {

// `text` in double quotes with control characters escaped, cut to what fits a line.
std::string QuoteForMessage(absl::string_view text);

}  // namespace lathe

#endif  // LATHE_SERVER_CONFIG_QUOTE_H_
