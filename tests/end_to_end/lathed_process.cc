#include "tests/end_to_end/lathed_process.h"

#include <signal.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "absl/strings/str_cat.h"

namespace lathe {
namespace {

constexpr char kBinary[] = LATHE_BINARY_DIR "/bin/lathed";
constexpr auto kPollInterval = std::chrono::milliseconds(10);

// The number that follows `key` in the log line of the event "ready"; 0 when there is none yet.
int PortInLog(const std::string& log, const std::string& key) {
  const size_t ready = log.find("\"msg\":\"ready\"");
  const size_t found = ready == std::string::npos ? ready : log.find(absl::StrCat("\"", key, "\":"), ready);
  return found == std::string::npos ? 0 : std::atoi(log.c_str() + found + key.size() + 3);
}

}  // namespace

std::string EmbeddedManifest(const std::string& more) {
  return absl::StrCat("name: sentiment\npath: ", LATHE_SOURCE_DIR, "/models/sst2-distilminilm\n", more);
}

LathedProcess::LathedProcess() {
  std::string pattern = (std::filesystem::temp_directory_path() / "lathed_test.XXXXXX").string();
  folder_ = mkdtemp(pattern.data());
  std::filesystem::create_directory(Path("models"));
  Write("lathed.yaml", "grpc:\n  address: 127.0.0.1:0\nhttp:\n  address: 127.0.0.1:0\nmodels:\n  folder: models\n");
}

LathedProcess::~LathedProcess() {
  if (!process_.HasEnded()) {
    Signal(SIGKILL);
    Wait();
  }
  std::filesystem::remove_all(folder_);
}

void LathedProcess::Write(const std::string& name, const std::string& text) const { std::ofstream(Path(name)) << text; }

void LathedProcess::Spawn(const std::vector<std::string>& arguments) {
  std::vector<std::string> words = {kBinary};
  words.insert(words.end(), arguments.begin(), arguments.end());
  process_.Start(words, Path("log"));
}

absl::Status LathedProcess::Start(const std::vector<std::string>& arguments) {
  std::vector<std::string> all = {absl::StrCat("--config=", Path("lathed.yaml"))};
  all.insert(all.end(), arguments.begin(), arguments.end());
  Spawn(all);
  while (!process_.HasEnded()) {
    if (PortInLog(log(), "grpc_port") != 0) return absl::OkStatus();
    std::this_thread::sleep_for(kPollInterval);
  }
  return absl::FailedPreconditionError(absl::StrCat("lathed ended with ", Wait(), ": ", log()));
}

int LathedProcess::Run(const std::vector<std::string>& arguments) {
  Spawn(arguments);
  return Wait();
}

std::string LathedProcess::log() const {
  const std::ifstream in(Path("log"));
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::string LathedProcess::grpc_address() const { return absl::StrCat("127.0.0.1:", PortInLog(log(), "grpc_port")); }
int LathedProcess::http_port() const { return PortInLog(log(), "http_port"); }

}  // namespace lathe
