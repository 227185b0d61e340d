// fuse: outlines regions that one kernel computes well into fusions.
//
//   kind         root and what joins it (* means where it is there)
//   row          layer_norm of a sum of 2 to 4 embeddings; layer_norm of a sum of two values
//   contraction  linear, then an activation*, then the sum with another value*: at least one of the two
//   loop         elementwise ops of one shape, two or more
//
//   %s = add(%y, %x)            : f32[T, D]          %n = fusion(%y, %x, %g, %b) {kind = row} : f32[T, D] {
//   %n = layer_norm(%s, %g, %b) : f32[T, D]    =>      graph @row(%a: f32[T, D], %b: f32[T, D], %c: f32[D], %d: f32[D])
//                                                      ...
//
// Values inside are read inside alone, so nothing is computed twice. Rows of the table come in the order of what they
// save: a sum that a layer_norm reads joins the layer_norm and not the linear before it. A bare linear stays as it is:
// its bias is part of the op. Bodies are canonical (engine/passes/outline.h); CanonicalForm names them for kernels; a
// device that has no kernel for one calls Unfuse (engine/passes/unfuse.h).
#ifndef LATHE_ENGINE_PASSES_FUSE_H_
#define LATHE_ENGINE_PASSES_FUSE_H_

#include "absl/status/statusor.h"
#include "engine/ir/graph.h"

namespace lathe {

absl::StatusOr<bool> Fuse(Graph& graph);

}  // namespace lathe

#endif  // LATHE_ENGINE_PASSES_FUSE_H_
