#include "engine/passes/simplify.h"

#include "engine/base/status_macros.h"
#include "engine/passes/algebra_rules.h"
#include "engine/passes/fold_constants.h"
#include "engine/passes/merge_duplicates.h"

namespace lathe {

absl::StatusOr<bool> Simplify(Graph& graph) {
  bool changed = graph.Clean();
  for (bool again = true; again; changed = changed || again) {
    // Folding first: a rule that looks for a number sees 1.0 rather than mul(0.5, 2.0).
    ASSIGN_OR_RETURN(const bool folded, FoldConstants(graph));
    ASSIGN_OR_RETURN(const bool rewritten, ApplyRules(AlgebraRules(), graph));
    ASSIGN_OR_RETURN(const bool merged, MergeDuplicates(graph));
    again = folded || rewritten || merged;
  }
  return changed;
}

}  // namespace lathe
