#include "tests/commands/process.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>

namespace lathe {
namespace {

// An unnamed temporary file: no pipe that could fill up while the other side waits.
class TemporaryFile {
 public:
  TemporaryFile() : file_(std::tmpfile()) {}
  ~TemporaryFile() { std::fclose(file_); }
  int descriptor() const { return fileno(file_); }
  void Write(const std::string& text) {
    std::fwrite(text.data(), 1, text.size(), file_);
    std::rewind(file_);
  }
  std::string Read() {
    std::rewind(file_);
    std::string text;
    char buffer[4096];
    for (size_t got; (got = std::fread(buffer, 1, sizeof(buffer), file_)) > 0;) text.append(buffer, got);
    return text;
  }

 private:
  std::FILE* file_;
};

}  // namespace

ProcessResult RunProcess(const std::vector<std::string>& arguments, const std::string& input) {
  TemporaryFile in;
  TemporaryFile out;
  TemporaryFile err;
  in.Write(input);
  std::vector<char*> pointers;
  for (const std::string& argument : arguments) pointers.push_back(const_cast<char*>(argument.c_str()));
  pointers.push_back(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    dup2(in.descriptor(), STDIN_FILENO);
    dup2(out.descriptor(), STDOUT_FILENO);
    dup2(err.descriptor(), STDERR_FILENO);
    execv(pointers[0], pointers.data());
    _exit(127);
  }
  int status = 0;
  waitpid(child, &status, 0);
  ProcessResult result;
  if (WIFEXITED(status)) result.exit_code = WEXITSTATUS(status);
  result.out = out.Read();
  result.err = err.Read();
  return result;
}

std::string BinaryPath(const std::string& name) { return std::string(LATHE_BINARY_DIR) + "/bin/" + name; }

}  // namespace lathe
