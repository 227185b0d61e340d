// Whether a batch may be cut between sequences, each share run by itself.
#ifndef LATHE_ENGINE_DEVICES_CPU_SEPARABLE_H_
#define LATHE_ENGINE_DEVICES_CPU_SEPARABLE_H_

#include "engine/ir/graph.h"

namespace lathe::cpu {

// True when every row is computed from rows of its own sequence alone, and every value that depends on the batch has T
// or N as its leading dimension and nowhere else. False is always safe: the batch is then run as one.
bool IsSeparable(const Graph& graph);

}  // namespace lathe::cpu

#endif  // LATHE_ENGINE_DEVICES_CPU_SEPARABLE_H_
