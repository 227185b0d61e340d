#include "engine/devices/cpu/views.h"

#include <utility>

namespace lathe::cpu {

Operand DenseOperand(const Type& type) {
  Operand operand;
  operand.dtype = type.dtype;
  if (type.rank() == 0) return operand;
  if (type.shape.back().is_constant()) {
    Shape rows = type.shape;
    rows.pop_back();
    operand.rows = ElementCount(rows);
    operand.width = operand.stride = type.shape.back().constant;
  } else {
    operand.rows = ElementCount(type.shape);
  }
  return operand;
}

bool IsView(const Node& node) {
  if (node.op() == Op::kSlice) return true;
  if (node.op() != Op::kReshape) return false;
  const Node* base = node.input(0);
  while (base->op() == Op::kReshape) base = base->input(0);
  return base->op() != Op::kSlice;
}

const Node* BaseOf(const Node* node) {
  while (IsView(*node)) node = node->input(0);
  return node;
}

Operand ViewOf(const Node* node, const Operand& base) {
  if (!IsView(*node)) return base;
  Operand operand = ViewOf(node->input(0), base);
  const Operand dense = DenseOperand(node->type());
  operand.rows = dense.rows;
  operand.width = dense.width;
  if (node->op() == Op::kSlice) {
    operand.column += node->attributes().Int("begin");
  } else {
    operand.stride = dense.stride;
  }
  return operand;
}

}  // namespace lathe::cpu
