// merge_duplicates: computes once what is written twice.
//
//   %a = gelu(%x) : f32[T, D]
//   %b = gelu(%x) : f32[T, D]              =>    %a = gelu(%x)     : f32[T, D]
//   %y = add(%a, %b) : f32[T, D]                 %y = add(%a, %a)  : f32[T, D]
//
// Nodes are the same if op, inputs and attributes are; constants, if type and source are, or type and text (two sources
// with one text hold the same elements; an empty name says nothing). Fusions are left alone.
#ifndef LATHE_ENGINE_PASSES_MERGE_DUPLICATES_H_
#define LATHE_ENGINE_PASSES_MERGE_DUPLICATES_H_

#include "absl/status/statusor.h"
#include "engine/ir/graph.h"

namespace lathe {

absl::StatusOr<bool> MergeDuplicates(Graph& graph);

}  // namespace lathe

#endif  // LATHE_ENGINE_PASSES_MERGE_DUPLICATES_H_
