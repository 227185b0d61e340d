// Which of a graph's inputs are ids, and how many rows their tables have.
#ifndef LATHE_ENGINE_DEVICES_CPU_ID_LIMITS_H_
#define LATHE_ENGINE_DEVICES_CPU_ID_LIMITS_H_

#include <cstddef>
#include <vector>

#include "engine/ir/graph.h"

namespace lathe::cpu {

// The ids of input `input` must be at least 0 and below `rows`: embedding kernels trust them, so they are checked
// before a run.
struct IdLimit {
  size_t input = 0;
  Dim rows;  // A table may itself be as long as the batch.
};

// One for every embedding of the graph, inside fusions too, whose ids are an input of the graph. Ids that are computed
// are checked where they are looked up, by the reference evaluation.
std::vector<IdLimit> FindIdLimits(const Graph& graph);

}  // namespace lathe::cpu

#endif  // LATHE_ENGINE_DEVICES_CPU_ID_LIMITS_H_
