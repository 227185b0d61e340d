// merge_linears: linears that read the same value become one, so that it is streamed once and the product is wide.
//
//   %q = linear(%x, %wq, %bq) : f32[T, D]            %m = linear(%x, %w, %b)          : f32[T, 3*D]
//   %k = linear(%x, %wk, %bk) : f32[T, D]     =>     %q = slice(%m) {0, D}            : f32[T, D]
//   %v = linear(%x, %wv, %bv) : f32[T, D]            %k = slice(%m) {D, 2*D}, and so on
//
// where %w and %b are the constants "concat(wq, wk, wv)" and "concat(bq, bk, bv)". Slices cost nothing: a kernel reads
// them as strided views. Linears with a bias and linears without one merge apart. A weight or bias that is no constant,
// or that somebody else reads too (it would be held twice), keeps its linear out.
#ifndef LATHE_ENGINE_PASSES_MERGE_LINEARS_H_
#define LATHE_ENGINE_PASSES_MERGE_LINEARS_H_

#include "absl/status/statusor.h"
#include "engine/ir/graph.h"

namespace lathe {

absl::StatusOr<bool> MergeLinears(Graph& graph);

}  // namespace lathe

#endif  // LATHE_ENGINE_PASSES_MERGE_LINEARS_H_
