#include "engine/passes/merge_linears.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/passes/fold_constants.h"
#include "engine/passes/readers.h"

namespace lathe {
namespace {

// Whether `linear` computes `x` times weights that it has for itself.
bool IsMergeable(const Node& linear, const Node* x, size_t input_count, const Readers& readers) {
  if (linear.op() != Op::kLinear || linear.input(0) != x || linear.inputs().size() != input_count) return false;
  for (const Node* constant : linear.inputs().subspan(1)) {
    if (constant->op() != Op::kConstant || readers.Sole(constant) == nullptr) return false;
  }
  return true;
}

std::vector<Node*> InputsAt(absl::Span<Node* const> linears, size_t index) {
  std::vector<Node*> inputs;
  for (const Node* linear : linears) inputs.push_back(linear->input(index));
  return inputs;
}

bool ConstantsFold(absl::Span<Node* const> linears) {
  for (size_t i = 1; i < linears[0]->inputs().size(); ++i) {
    if (!CanFold(Op::kConcat, InputsAt(linears, i), {{"axis", int64_t{0}}})) return false;
  }
  return true;
}

// Lets the readers of each linear read its columns of the merged one.
absl::Status ReplaceBySlices(absl::Span<Node* const> linears, Node* merged, Graph& graph) {
  int64_t begin = 0;
  for (Node* linear : linears) {
    const int64_t end = begin + linear->type().shape.back().constant;
    ASSIGN_OR_RETURN(Node* const slice,
                     graph.Add(Op::kSlice, {merged}, {{"begin", begin}, {"end", end}}, linear->name()));
    graph.ReplaceUses(linear, slice);
    begin = end;
  }
  return absl::OkStatus();
}

absl::Status Merge(absl::Span<Node* const> linears, Graph& graph) {
  std::vector<Node*> inputs = {linears[0]->input(0)};
  for (size_t i = 1; i < linears[0]->inputs().size(); ++i) {
    ASSIGN_OR_RETURN(Node* const constant, AddFolded(graph, Op::kConcat, InputsAt(linears, i), {{"axis", int64_t{0}}},
                                                     absl::StrCat(linears[0]->input(i)->name(), "_merged")));
    inputs.push_back(constant);
  }
  ASSIGN_OR_RETURN(Node* const merged,
                   graph.Add(Op::kLinear, std::move(inputs), {}, absl::StrCat(linears[0]->name(), "_merged")));
  return ReplaceBySlices(linears, merged, graph);
}

// The linears that read `x`, have that many inputs, and can become one; fewer than two if there is nothing to merge.
std::vector<Node*> FindGroup(const Node* x, size_t input_count, const Readers& readers) {
  std::vector<Node*> linears;
  for (Node* reader : readers.Of(x)) {
    if (IsMergeable(*reader, x, input_count, readers)) linears.push_back(reader);
  }
  if (linears.size() >= 2 && !ConstantsFold(linears)) linears.clear();
  return linears;
}

// Merges the first group there is. A merge moves the readers of its linears, so each looks at the graph afresh.
absl::StatusOr<bool> MergeOneGroup(Graph& graph) {
  const Readers readers(graph);
  for (const Node* x : graph.nodes()) {
    for (const size_t input_count : {2, 3}) {
      const std::vector<Node*> linears = FindGroup(x, input_count, readers);
      if (linears.size() < 2) continue;
      RETURN_IF_ERROR(Merge(linears, graph));
      graph.Clean();
      return true;
    }
  }
  return false;
}

}  // namespace

absl::StatusOr<bool> MergeLinears(Graph& graph) {
  for (bool changed = false;; changed = true) {
    ASSIGN_OR_RETURN(const bool merged, MergeOneGroup(graph));
    if (!merged) return changed;
  }
}

}  // namespace lathe
