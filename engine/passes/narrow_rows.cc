#include "engine/passes/narrow_rows.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "engine/base/status_macros.h"
#include "engine/passes/readers.h"

namespace lathe {
namespace {

bool IsSelection(Op op) { return op == Op::kGatherFirst || op == Op::kGatherLast; }

bool DependsOnTokens(const Type& type) {
  return std::any_of(type.shape.begin(), type.shape.end(), [](const Dim& dim) { return dim.tokens != 0; });
}

// f32[T, D], which a selection takes.
bool IsRowPerToken(const Type& type) {
  return type.dtype == DType::kF32 && type.rank() == 2 && type.shape[0] == Dim::T();
}

bool IsColumnConcat(const Node& node) { return node.op() == Op::kConcat && node.attributes().Int("axis") == 1; }

// Whether row r of `node` needs of each operand row r or all of it, and selections take the former.
bool IsNarrowable(const Node& node) {
  if (!IsRowWise(node.op()) && !IsColumnConcat(node)) return false;
  return std::all_of(node.inputs().begin(), node.inputs().end(),
                     [](const Node* input) { return IsRowPerToken(input->type()) || !DependsOnTokens(input->type()); });
}

// Attention with one query per token, over the sequences that `selection` selects from.
bool IsNarrowableAttention(const Node& node, const Node& selection) {
  return node.op() == Op::kAttention && node.attributes().Word("query", "all") == "all" &&
         node.input(3) == selection.input(1);
}

// The rows of `value` that `selection` selects: a node that is there already, or else a new one.
absl::StatusOr<Node*> Select(Node* value, const Node& selection, Graph& graph) {
  for (Node* reader : graph.Users(value)) {
    if (reader->op() == selection.op() && reader->input(0) == value && reader->input(1) == selection.input(1)) {
      return reader;
    }
  }
  return graph.Add(selection.op(), {value, selection.input(1)});
}

absl::StatusOr<Node*> NarrowAttention(const Node& attention, const Node& selection, Graph& graph) {
  std::vector<Node*> inputs(attention.inputs().begin(), attention.inputs().end());
  ASSIGN_OR_RETURN(inputs[0], Select(inputs[0], selection, graph));
  Attributes attributes = attention.attributes();
  attributes.Set("query", selection.op() == Op::kGatherFirst ? "first" : "last");
  return graph.Add(Op::kAttention, std::move(inputs), std::move(attributes), attention.name());
}

absl::StatusOr<Node*> NarrowRowWise(const Node& node, const Node& selection, Graph& graph) {
  std::vector<Node*> inputs(node.inputs().begin(), node.inputs().end());
  for (Node*& input : inputs) {
    if (!IsRowPerToken(input->type())) continue;
    ASSIGN_OR_RETURN(input, Select(input, selection, graph));
  }
  return graph.Add(node.op(), std::move(inputs), node.attributes(), node.name());
}

// Moves one selection above the op that it reads, if there is one that can move.
absl::StatusOr<bool> NarrowOne(Graph& graph) {
  const Readers readers(graph);
  for (Node* selection : graph.nodes()) {
    if (!IsSelection(selection->op())) continue;
    const Node* wide = selection->input(0);
    if (readers.Sole(wide) == nullptr) continue;
    const bool attention = IsNarrowableAttention(*wide, *selection);
    if (!attention && !IsNarrowable(*wide)) continue;
    ASSIGN_OR_RETURN(Node* const narrow,
                     attention ? NarrowAttention(*wide, *selection, graph) : NarrowRowWise(*wide, *selection, graph));
    graph.ReplaceUses(selection, narrow);
    graph.Clean();
    return true;
  }
  return false;
}

}  // namespace

absl::StatusOr<bool> NarrowRows(Graph& graph) {
  for (bool changed = false;; changed = true) {
    ASSIGN_OR_RETURN(const bool narrowed, NarrowOne(graph));
    if (!narrowed) return changed;
  }
}

}  // namespace lathe
