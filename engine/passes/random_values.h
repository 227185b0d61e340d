// Random elements for tests of graphs, decided by a seed.
#ifndef LATHE_ENGINE_PASSES_RANDOM_VALUES_H_
#define LATHE_ENGINE_PASSES_RANDOM_VALUES_H_

#include <cstdint>
#include <vector>

#include "engine/ir/graph.h"
#include "engine/ir/tensor.h"
#include "engine/ir/type.h"

namespace lathe {

// Random inputs that fit a graph: ids inside the tables that they index, sequences of 1 token or more that fill the
// batch, and numbers around 0. Requires: 1 <= N <= T; the graph is not yet fused (a fusion hides what ids index).
std::vector<Tensor> RandomInputs(const Graph& graph, const Extents& extents, uint64_t seed);

// Elements of N(0, 1) for floats; integers of about 10 in size; either for bool.
Tensor RandomTensor(const Type& type, const Extents& extents, uint64_t seed);

}  // namespace lathe

#endif  // LATHE_ENGINE_PASSES_RANDOM_VALUES_H_
