// The reference evaluation of a graph: slow, plain, the one oracle that kernels, passes and devices are tested against.
#ifndef LATHE_ENGINE_IR_EVALUATE_H_
#define LATHE_ENGINE_IR_EVALUATE_H_

#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "engine/ir/graph.h"
#include "engine/ir/tensor.h"

namespace lathe {

// Computes the graph's outputs from `inputs`, given in the order of graph.inputs().
// Errors: INVALID_ARGUMENT (an input's type does not fit `extents`, or an op's values are wrong), or what reading a
// constant says.
absl::StatusOr<std::vector<Tensor>> Evaluate(const Graph& graph, absl::Span<const Tensor> inputs,
                                             const Extents& extents);

// Computes one node from its inputs' elements.
absl::StatusOr<Tensor> EvaluateNode(const Node& node, absl::Span<const Tensor> inputs, const Extents& extents);

}  // namespace lathe

#endif  // LATHE_ENGINE_IR_EVALUATE_H_
