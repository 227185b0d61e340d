#include "engine/passes/pass_runner.h"

#include <algorithm>
#include <chrono>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/status_macros.h"
#include "engine/ir/text.h"

namespace lathe {
namespace {

bool Contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Runs one pass and restores what the next one relies on: no dead nodes, producers first, types that hold.
absl::StatusOr<bool> RunChecked(const Pass& pass, Graph& graph) {
  ASSIGN_OR_RETURN(const bool changed, pass(graph));
  const bool cleaned = graph.Clean();
  RETURN_IF_ERROR(Verify(graph));
  return changed || cleaned;
}

}  // namespace

std::vector<std::string> PassRunner::names() const {
  std::vector<std::string> names;
  for (const Entry& entry : passes_) names.push_back(entry.name);
  return names;
}

absl::Status PassRunner::CheckDisabled(const PassOptions& options) const {
  const std::vector<std::string> known = names();
  for (const std::string& name : options.disabled) {
    if (!Contains(known, name)) {
      return absl::NotFoundError(
          absl::StrCat("disabled pass ", name, ": got an unknown name, wanted one of ", absl::StrJoin(known, ", ")));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<PassRecord>> PassRunner::Run(Graph& graph, const PassOptions& options) const {
  RETURN_IF_ERROR(CheckDisabled(options));
  std::vector<PassRecord> records;
  for (const Entry& entry : passes_) {
    if (Contains(options.disabled, entry.name)) continue;
    const auto start = std::chrono::steady_clock::now();
    ASSIGN_OR_RETURN(const bool changed, Annotate(RunChecked(entry.pass, graph), absl::StrCat("pass ", entry.name)));
    PassRecord record{entry.name, changed, 0, ""};
    record.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (options.dump && changed) record.graph = Print(graph);
    records.push_back(std::move(record));
  }
  return records;
}

}  // namespace lathe
