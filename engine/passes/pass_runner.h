// Runs named rewrites of a graph in order, and checks the graph after each.
//
//   PassRunner passes;
//   passes.Add("narrow_rows", NarrowRows);
//   ASSIGN_OR_RETURN(const std::vector<PassRecord> records, passes.Run(graph));
//
// A runner is immutable once its passes are added, and then any thread may run it, each on a graph of its own.
#ifndef LATHE_ENGINE_PASSES_PASS_RUNNER_H_
#define LATHE_ENGINE_PASSES_PASS_RUNNER_H_

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/ir/graph.h"

namespace lathe {

// Rewrites a graph into one that computes the same, and returns whether it changed anything.
using Pass = std::function<absl::StatusOr<bool>(Graph&)>;

// What one pass did. A disabled pass leaves no record.
struct PassRecord {
  std::string name;
  bool changed = false;
  double seconds = 0;
  std::string graph;  // The text form after the pass, if that was asked for and the pass changed something.
};

struct PassOptions {
  std::vector<std::string> disabled;  // Names of passes to leave out.
  bool dump = false;                  // Keep the graph's text after each pass that changes it.
};

class PassRunner {
 public:
  void Add(std::string name, Pass pass) { passes_.push_back({std::move(name), std::move(pass)}); }
  std::vector<std::string> names() const;

  // Runs every pass that is not disabled, once, in order; after each, removes what nobody reads and verifies the graph.
  // Errors: NOT_FOUND (a disabled name that no pass has); else what a pass or the verifier says, beginning with the
  // pass's name, and then the graph is not to be used.
  absl::StatusOr<std::vector<PassRecord>> Run(Graph& graph, const PassOptions& options = {}) const;

 private:
  struct Entry {
    std::string name;
    Pass pass;
  };
  absl::Status CheckDisabled(const PassOptions& options) const;

  std::vector<Entry> passes_;
};

}  // namespace lathe

#endif  // LATHE_ENGINE_PASSES_PASS_RUNNER_H_
