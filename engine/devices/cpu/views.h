// Values that are other views of another value's memory: slices of columns, and reshapes of what lies densely.
#ifndef LATHE_ENGINE_DEVICES_CPU_VIEWS_H_
#define LATHE_ENGINE_DEVICES_CPU_VIEWS_H_

#include "engine/devices/cpu/operand.h"
#include "engine/ir/graph.h"

namespace lathe::cpu {

// The rows and width of a type, row after row: the last dimension is the width, whatever stands before it is rows. A
// value whose last dimension depends on the batch is one row per element, a scalar one row of one.
Operand DenseOperand(const Type& type);

// Whether `node` needs no step and no memory of its own. A slice never does; a reshape does if its input is strided.
bool IsView(const Node& node);

// The node whose memory `node` lies in: itself, unless it is a view.
const Node* BaseOf(const Node* node);

// The operand of `node`, given that of BaseOf(node).
Operand ViewOf(const Node* node, const Operand& base);

}  // namespace lathe::cpu

#endif  // LATHE_ENGINE_DEVICES_CPU_VIEWS_H_
