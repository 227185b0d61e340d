#include "engine/passes/unfuse.h"

#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"

namespace lathe {
namespace {

// Copies the body's nodes into `graph` and lets the fusion's readers read the result. The fusion is dead after.
absl::Status Inline(Node* fusion, Graph& graph) {
  const Graph& body = *fusion->body();
  std::unordered_map<const Node*, Node*> copies;
  for (size_t i = 0; i < body.inputs().size(); ++i) copies[body.inputs()[i]] = fusion->input(i);
  for (const Node* node : body.nodes()) {
    if (node->op() == Op::kInput) continue;
    std::vector<Node*> inputs;
    for (const Node* input : node->inputs()) inputs.push_back(copies.at(input));
    ASSIGN_OR_RETURN(copies[node], graph.AddCopy(*node, std::move(inputs)));
  }
  graph.ReplaceUses(fusion, copies.at(body.outputs()[0]));
  return absl::OkStatus();
}

}  // namespace

absl::Status Unfuse(Graph& graph, Node* fusion) {
  if (fusion->op() != Op::kFusion) {
    return absl::InvalidArgumentError(
        absl::StrCat("%", fusion->name(), ": got ", Name(fusion->op()), ", wanted fusion"));
  }
  RETURN_IF_ERROR(Annotate(Inline(fusion, graph), absl::StrCat("%", fusion->name())));
  graph.Clean();
  return absl::OkStatus();
}

absl::StatusOr<bool> UnfuseAll(Graph& graph) {
  bool changed = false;
  // A body may hold fusions: they are inlined in the next round. The verifier bounds the nesting.
  for (bool again = true; again;) {
    again = false;
    for (Node* node : graph.nodes()) {
      if (node->op() != Op::kFusion) continue;
      RETURN_IF_ERROR(Inline(node, graph));
      again = changed = true;
    }
    graph.Clean();
  }
  return changed;
}

}  // namespace lathe
