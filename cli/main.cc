// lathe: classify texts in this process or through a server, and look at what the compiler made of a model.
//
// Exit status: 0 done; 1 the command failed; 2 the command line is wrong.
#include <cstdio>
#include <iostream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "server/config/flags.h"
#include "server/config/suggest.h"
#include "server/config/version.h"

namespace lathe::cli {
namespace {

struct CommandRow {
  const char* name;
  const char* arguments;
  const char* summary;
  std::unique_ptr<Command> (*make)();
};

constexpr CommandRow kCommands[] = {
    {"run", "--model=DIR [flags]", "classify lines of text in this process", MakeRun},
    {"tokenize", "--model=DIR [flags]", "print the token ids of lines of text", MakeTokenize},
    {"explain", "--model=DIR [flags]", "show a model's graph, passes, and the kernel of every step", MakeExplain},
    {"bench", "--model=DIR [flags]", "time a compiled model on synthetic ids", MakeBench},
    {"classify", "[flags] TEXT...", "classify texts through a running lathed", MakeClassify},
    {"healthcheck", "[flags]", "exit 0 if a running lathed is serving", MakeHealthcheck},
};

void PrintUsage(std::ostream& out) {
  out << "lathe " << Version() << ": text classifiers, compiled for this machine\n\nusage: lathe COMMAND [flags]\n\n";
  for (const CommandRow& row : kCommands) out << absl::StrFormat("  %-12s %s\n", row.name, row.summary);
  out << "\n`lathe COMMAND --help` lists the flags of a command.\n";
}

const CommandRow* FindCommand(absl::string_view name) {
  for (const CommandRow& row : kCommands) {
    if (name == row.name) return &row;
  }
  return nullptr;
}

int UnknownCommand(const std::string& name) {
  std::vector<std::string> names;
  for (const CommandRow& row : kCommands) names.emplace_back(row.name);
  const std::string meant = Suggest(name, names);
  std::cerr << "lathe: " << name << ": unknown command" << (meant.empty() ? "" : "; did you mean " + meant + "?")
            << "; see lathe --help\n";
  return 2;
}

int RunCommand(const CommandRow& row, absl::Span<const std::string> arguments) {
  const std::unique_ptr<Command> command = row.make();
  const std::vector<Setting> settings = command->flags();
  std::vector<std::string> flags;
  CommandIo io{{}, std::cin, std::cout};
  bool words_only = false;  // After "--" everything is a word, so a text may begin with two dashes.
  for (const std::string& argument : arguments) {
    if (!words_only && argument == "--help") {
      std::cout << "usage: lathe " << row.name << " " << row.arguments << "\n"
                << row.summary << "\n\n"
                << DescribeFlags(settings);
      return 0;
    }
    if (!words_only && argument == "--") {
      words_only = true;
    } else if (!words_only && absl::StartsWith(argument, "--")) {
      flags.push_back(argument);
    } else {
      io.words.push_back(argument);
    }
  }
  absl::Status parsed = ReadEnvironment(settings, ProcessEnvironment());
  if (parsed.ok()) parsed = ReadFlags(settings, flags);
  if (!parsed.ok()) {
    std::cerr << "lathe " << row.name << ": " << parsed.message() << "; see lathe " << row.name << " --help\n";
    return 2;
  }
  const absl::Status status = command->Run(io);
  std::cout.flush();
  if (status.ok()) return 0;
  std::cerr << "lathe " << row.name << ": " << status.message() << "\n";
  return 1;
}

}  // namespace

absl::Status WantNoWords(const CommandIo& io) {
  if (io.words.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("got \"", io.words[0], "\", wanted flags alone, each as --name=value"));
}

}  // namespace lathe::cli

int main(int argc, char** argv) {
  using lathe::cli::kCommands;
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.empty()) {
    lathe::cli::PrintUsage(std::cerr);
    return 2;
  }
  if (arguments[0] == "--help" || arguments[0] == "help") {
    lathe::cli::PrintUsage(std::cout);
    return 0;
  }
  if (arguments[0] == "--version") {
    std::cout << "lathe " << lathe::Version() << "\n";
    return 0;
  }
  const auto* row = lathe::cli::FindCommand(arguments[0]);
  if (row == nullptr) return lathe::cli::UnknownCommand(arguments[0]);
  return lathe::cli::RunCommand(*row, absl::MakeConstSpan(arguments).subspan(1));
}
