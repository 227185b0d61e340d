// The commands of `lathe`, one constructor each; main.cc lists them.
#ifndef LATHE_CLI_COMMANDS_H_
#define LATHE_CLI_COMMANDS_H_

#include <memory>

#include "cli/command.h"

namespace lathe::cli {

std::unique_ptr<Command> MakeRun();
std::unique_ptr<Command> MakeTokenize();
std::unique_ptr<Command> MakeBench();
std::unique_ptr<Command> MakeExplain();
std::unique_ptr<Command> MakeClassify();
std::unique_ptr<Command> MakeHealthcheck();

}  // namespace lathe::cli

#endif  // LATHE_CLI_COMMANDS_H_
