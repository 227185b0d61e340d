// simplify: the same results from fewer and plainer ops.
//
//   %z = constant f32[] 0.0
//   %a = add(%x, %z)  : f32[T, D]                 %b = abs(%x)     : f32[T, D]
//   %n = neg(%a)      : f32[T, D]           =>    %c = add(%b, %b) : f32[T, D]
//   %b = abs(%n)      : f32[T, D]
//   %d = abs(%n)      : f32[T, D]
//   %c = add(%b, %d)  : f32[T, D]
//
// Repeats until nothing changes: the rules of algebra_rules.cc, fold_constants, merge_duplicates; dead nodes go with
// each. It ends: every rule leaves fewer ops, fewer signs, or a constant on the right, and none undoes another.
#ifndef LATHE_ENGINE_PASSES_SIMPLIFY_H_
#define LATHE_ENGINE_PASSES_SIMPLIFY_H_

#include "absl/status/statusor.h"
#include "engine/ir/graph.h"

namespace lathe {

absl::StatusOr<bool> Simplify(Graph& graph);

}  // namespace lathe

#endif  // LATHE_ENGINE_PASSES_SIMPLIFY_H_
