// "HOST:PORT", as addresses are written in settings: 127.0.0.1:50051, [::1]:50051, localhost:0.
#ifndef LATHE_SERVER_CONFIG_ADDRESS_H_
#define LATHE_SERVER_CONFIG_ADDRESS_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace lathe {

struct Address {
  std::string host;  // Without brackets.
  int port = 0;      // 0: any free port.
};

// Errors: INVALID_ARGUMENT (no host, no port, a port above 65535, an IPv6 host without brackets).
absl::StatusOr<Address> ParseAddress(absl::string_view text);

}  // namespace lathe

#endif  // LATHE_SERVER_CONFIG_ADDRESS_H_
