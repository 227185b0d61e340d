// A program that a test runs beside itself.
#ifndef LATHE_TESTS_END_TO_END_CHILD_PROCESS_H_
#define LATHE_TESTS_END_TO_END_CHILD_PROCESS_H_

#include <sys/types.h>

#include <string>
#include <vector>

namespace lathe {

// Not thread-safe.
class ChildProcess {
 public:
  ChildProcess() = default;
  ~ChildProcess();  // Kills what still runs.
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  // Starts `words[0]`, found in PATH, with the other words as arguments and its output in the file `log`, which is
  // emptied. False when it cannot be started. Requires: nothing runs.
  bool Start(const std::vector<std::string>& words, const std::string& log);

  pid_t pid() const { return pid_; }
  void Signal(int signal) const;
  bool HasEnded();
  int Wait();  // Until it ends; its exit code, or minus the signal that ended it.

 private:
  pid_t pid_ = -1;
  bool running_ = false;
  int exit_code_ = 0;
};

}  // namespace lathe

#endif  // LATHE_TESTS_END_TO_END_CHILD_PROCESS_H_
