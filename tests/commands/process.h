// Runs a program as a user would, and keeps what it printed.
#ifndef LATHE_TESTS_COMMANDS_PROCESS_H_
#define LATHE_TESTS_COMMANDS_PROCESS_H_

#include <string>
#include <vector>

namespace lathe {

struct ProcessResult {
  int exit_code = -1;
  std::string out;
  std::string err;
};

// Runs `arguments[0]` with the rest and `input` on its standard input, and waits for it.
ProcessResult RunProcess(const std::vector<std::string>& arguments, const std::string& input = "");

// The path of a program of this build.
std::string BinaryPath(const std::string& name);

}  // namespace lathe

#endif  // LATHE_TESTS_COMMANDS_PROCESS_H_
