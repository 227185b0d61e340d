// A subcommand of `lathe`: one file, and a row in main.cc.
#ifndef LATHE_CLI_COMMAND_H_
#define LATHE_CLI_COMMAND_H_

#include <iosfwd>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "server/config/setting.h"

namespace lathe::cli {

// What a command is called with, its flags already stored.
struct CommandIo {
  std::vector<std::string> words;  // Arguments that are no flags, in order.
  std::istream& in;
  std::ostream& out;
};

// A command binds its flags to itself, then runs once. Results go to `out`; the error it returns is printed by main.
class Command {
 public:
  virtual ~Command() = default;
  virtual std::vector<Setting> flags() = 0;
  virtual absl::Status Run(CommandIo& io) = 0;
};

// Refuses words where a command takes none. Errors: INVALID_ARGUMENT, naming the first.
absl::Status WantNoWords(const CommandIo& io);

}  // namespace lathe::cli

#endif  // LATHE_CLI_COMMAND_H_
