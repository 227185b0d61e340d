#include "engine/passes/pipeline.h"

#include "engine/passes/fuse.h"
#include "engine/passes/merge_linears.h"
#include "engine/passes/narrow_rows.h"
#include "engine/passes/simplify.h"

namespace lathe {

PassRunner StandardPipeline() {
  PassRunner passes;
  // First, so that what follows sees one form of each thing: constants as constants, equal values as one value.
  passes.Add("simplify", Simplify);
  // Before merge_linears: a query that is computed for one row per sequence shares no input with keys and values that
  // need every row, and a merged product could not be narrowed for the query alone.
  passes.Add("narrow_rows", NarrowRows);
  // Before fuse: a fusion hides its linear.
  passes.Add("merge_linears", MergeLinears);
  // Last: regions are largest once nothing else moves.
  passes.Add("fuse", Fuse);
  return passes;
}

}  // namespace lathe
