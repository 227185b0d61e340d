#include "server/config/version.h"

namespace lathe {

absl::string_view Version() { return LATHE_VERSION; }

}  // namespace lathe
