// Random valid graphs for tests: what a pass or a device makes of one must compute what the graph computes.
//
// Half of a graph is ops drawn from the op table with operands, attributes and constants that their shape rules accept;
// half is pieces of models (attention with a residual, feed-forward, embeddings, a head) and of clumsy algebra, so that
// every pass finds work. A graph is well conditioned, so that other roundings stay small: what would amplify them (log,
// division, exp) gets a tamed operand, and what has jumps (compare, quantize, casts) reads exact values only.
#ifndef LATHE_ENGINE_PASSES_RANDOM_GRAPH_H_
#define LATHE_ENGINE_PASSES_RANDOM_GRAPH_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "engine/ir/graph.h"

namespace lathe {

struct RandomGraphOptions {
  int steps = 10;  // Ops from the table, or pieces of several ops.
};

// The same graph for the same seed. Its inputs are token_ids i32[T], positions i32[T], cu_seqlens i32[N+1], x f32[T, 8]
// and gate f32[T, 1]; RandomInputs (engine/passes/random_values.h) makes values for them. Fusions do not occur. Errors:
// none but our own bugs.
absl::StatusOr<Graph> MakeRandomGraph(uint64_t seed, const RandomGraphOptions& options = {});

}  // namespace lathe

#endif  // LATHE_ENGINE_PASSES_RANDOM_GRAPH_H_
