// unfuse: puts the nodes of a fusion's body back into the graph around it: what fuse did, undone.
//
//   %y = fusion(%x, %r) {kind = loop} : f32[T, D] {
//     graph @loop(%a: f32[T, D], %b: f32[T, D]) -> f32[T, D] {
//       %0 = gelu(%a)    : f32[T, D]                                     %0 = gelu(%x)    : f32[T, D]
//       %1 = add(%0, %b) : f32[T, D]                               =>    %1 = add(%0, %r) : f32[T, D]
//       return %1
//     }
//   }
#ifndef LATHE_ENGINE_PASSES_UNFUSE_H_
#define LATHE_ENGINE_PASSES_UNFUSE_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/ir/graph.h"

namespace lathe {

// Inlines one fusion of `graph`, as a device does that has no kernel for it. `fusion` is gone after; every other node
// keeps its address. Errors: INVALID_ARGUMENT (not a fusion).
absl::Status Unfuse(Graph& graph, Node* fusion);

// Inlines every fusion, nested ones too: a pass.
absl::StatusOr<bool> UnfuseAll(Graph& graph);

}  // namespace lathe

#endif  // LATHE_ENGINE_PASSES_UNFUSE_H_
