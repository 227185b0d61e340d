#include "tests/end_to_end/child_process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <thread>

namespace lathe {
namespace {

constexpr auto kPollInterval = std::chrono::milliseconds(10);

}  // namespace

ChildProcess::~ChildProcess() {
  if (!running_) return;
  Signal(SIGKILL);
  Wait();
}

bool ChildProcess::Start(const std::vector<std::string>& words, const std::string& log) {
  std::vector<std::string> copies = words;
  std::vector<char*> argv;
  for (std::string& word : copies) argv.push_back(word.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  const int flags = O_CREAT | O_TRUNC | O_APPEND | O_WRONLY;
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log.c_str(), flags, 0600);
  posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  running_ = posix_spawnp(&pid_, argv[0], &actions, nullptr, argv.data(), environ) == 0;
  posix_spawn_file_actions_destroy(&actions);
  return running_;
}

void ChildProcess::Signal(int signal) const { kill(pid_, signal); }

bool ChildProcess::HasEnded() {
  int status = 0;
  if (running_ && waitpid(pid_, &status, WNOHANG) == pid_) {
    running_ = false;
    exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }
  return !running_;
}

int ChildProcess::Wait() {
  while (!HasEnded()) std::this_thread::sleep_for(kPollInterval);
  return exit_code_;
}

}  // namespace lathe
