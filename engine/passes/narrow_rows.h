// narrow_rows: computes only the rows that somebody reads.
//
// A classifier reads one row per sequence of the last layer, yet the layer computes all T. Selecting rows commutes with
// every row-wise op, so the selection moves up, and it moves through attention into the queries:
//
//   %y = layer_norm(%x, %g, %b) : f32[T, D]                 %s = gather_first(%x, %cu) : f32[N, D]
//   %c = gather_first(%y, %cu)  : f32[N, D]           =>    %c = layer_norm(%s, %g, %b) : f32[N, D]
//
//   %y = attention(%q, %k, %v, %cu) : f32[T, D]       =>    %s = gather_first(%q, %cu) : f32[N, D]
//   %c = gather_first(%y, %cu)      : f32[N, D]             %c = attention(%s, %k, %v, %cu) {query = first} : f32[N, D]
//
// Keys and values keep every row. It stops at a value that somebody else reads too (its rows are needed anyway, and
// selecting earlier would compute some twice), and at operands per token that are not f32 rows: ids, positions,
// conditions.
#ifndef LATHE_ENGINE_PASSES_NARROW_ROWS_H_
#define LATHE_ENGINE_PASSES_NARROW_ROWS_H_

#include "absl/status/statusor.h"
#include "engine/ir/graph.h"

namespace lathe {

absl::StatusOr<bool> NarrowRows(Graph& graph);

}  // namespace lathe

#endif  // LATHE_ENGINE_PASSES_NARROW_ROWS_H_
