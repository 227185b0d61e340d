// A lathed of its own for a test: the real binary, in a process that the test can signal.
//
//   LathedProcess lathed;                                  // Configuration and manifests in a folder of its own.
//   lathed.Write("models/sentiment.yaml", EmbeddedManifest());
//   ASSERT_OK(lathed.Start());                             // Until it logs "ready".
//   ... lathed.grpc_address() ...
//   lathed.Signal(SIGTERM);
//   EXPECT_EQ(lathed.Wait(), 0);
#ifndef LATHE_TESTS_END_TO_END_LATHED_PROCESS_H_
#define LATHE_TESTS_END_TO_END_LATHED_PROCESS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tests/end_to_end/child_process.h"

namespace lathe {

// A manifest of the embedded model under the name `sentiment`; `more` is appended.
std::string EmbeddedManifest(const std::string& more = "");

// Not thread-safe.
class LathedProcess {
 public:
  // Makes a new folder with a lathed.yaml that listens on free ports of the loopback and reads manifests from models/.
  LathedProcess();
  ~LathedProcess();  // Kills what still runs and removes the folder.
  LathedProcess(const LathedProcess&) = delete;
  LathedProcess& operator=(const LathedProcess&) = delete;

  std::string Path(const std::string& name) const { return folder_ + "/" + name; }
  void Write(const std::string& name, const std::string& text) const;

  // Runs lathed with the folder's configuration and `arguments`, and waits until it is ready.
  // Errors: FAILED_PRECONDITION (it ended instead; Wait() and log() say why).
  absl::Status Start(const std::vector<std::string>& arguments = {});
  // Runs lathed with `arguments` alone until it ends; returns its exit code.
  int Run(const std::vector<std::string>& arguments);

  void Signal(int signal) const { process_.Signal(signal); }
  int Wait() { return process_.Wait(); }

  std::string log() const;  // Standard output and error so far.
  std::string grpc_address() const;
  int http_port() const;

 private:
  void Spawn(const std::vector<std::string>& arguments);

  std::string folder_;
  ChildProcess process_;
};

}  // namespace lathe

#endif  // LATHE_TESTS_END_TO_END_LATHED_PROCESS_H_
