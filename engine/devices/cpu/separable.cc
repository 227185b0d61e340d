#include "engine/devices/cpu/separable.h"

namespace lathe::cpu {
namespace {

bool IsConstantSize(const Node& node) { return ElementCount(node.type().shape).is_constant(); }

// Whether a node's rows come from the same rows of its inputs, or from their own sequence.
bool KeepsRows(const Node& node) {
  if (Info(node.op()).trait == OpTrait::kLeaf) return true;
  if (node.body() != nullptr) return IsSeparable(*node.body());
  switch (node.op()) {
    case Op::kConcat:
      return node.attributes().Int("axis") != 0;
    case Op::kReshape:
      return node.type().rank() > 0 && node.type().shape[0] == node.input(0)->type().shape[0];
    case Op::kMatmul:
      return IsConstantSize(*node.input(1));
    case Op::kEmbedding:
      return IsConstantSize(*node.input(0));
    default:
      return IsRowWise(node.op()) || Info(node.op()).trait == OpTrait::kRagged;
  }
}

// Whether `node` is cu_seqlens and only tells ragged ops where sequences lie. It is made anew for each share, beginning
// at 0, so nobody may read its elements as numbers.
bool IsOnlyCuSeqlens(const Graph& graph, const Node& node) {
  if (node.op() != Op::kInput || graph.IsOutput(&node)) return false;
  for (const Node* user : graph.Users(&node)) {
    if (user->body() == nullptr && Info(user->op()).trait != OpTrait::kRagged) return false;
  }
  return true;
}

// Only a leading T or N can be cut.
bool HasCuttableShape(const Graph& graph, const Node& node) {
  const Shape& shape = node.type().shape;
  for (size_t i = 0; i < shape.size(); ++i) {
    if (shape[i].is_constant()) continue;
    if (i != 0) return false;
    if (shape[i] == Dim::N() + 1 && IsOnlyCuSeqlens(graph, node)) continue;
    if (shape[i] != Dim::T() && shape[i] != Dim::N()) return false;
  }
  return true;
}

}  // namespace

bool IsSeparable(const Graph& graph) {
  // An output that does not depend on the batch would be written by every share.
  for (const Node* output : graph.outputs()) {
    if (IsConstantSize(*output)) return false;
  }
  for (const Node* node : graph.nodes()) {
    if (!HasCuttableShape(graph, *node) || !KeepsRows(*node)) return false;
  }
  return true;
}

}  // namespace lathe::cpu
