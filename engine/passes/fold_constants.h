// fold_constants: computes what depends on constants alone.
//
//   %w = constant f32[8, 4] "q.weight"
//   %s = constant f32[] 0.5                     =>   %m = constant f32[8, 4] "mul(q.weight, 0.5)"
//   %m = mul(%w, %s) : f32[8, 4]
//
// The new constant is lazy: its elements are computed each time they are read (once, when a plan packs them), so no
// weight is held before it is needed. Literals alone make a literal, at once. A result that is larger than what it is
// made from stays an op: memory is dearer.
#ifndef LATHE_ENGINE_PASSES_FOLD_CONSTANTS_H_
#define LATHE_ENGINE_PASSES_FOLD_CONSTANTS_H_

#include <vector>

#include "absl/status/statusor.h"
#include "engine/ir/graph.h"

namespace lathe {

absl::StatusOr<bool> FoldConstants(Graph& graph);

// Whether the text form writes the elements out (there are 16 at most, and no name): reading them is cheap.
bool IsLiteral(const ConstantSource& source);

// Whether op(inputs) may become a constant: inputs that all are constants, an op that cannot fail on values, a result
// no larger than its inputs (or than a few KiB), and a text short enough to print.
bool CanFold(Op op, absl::Span<Node* const> inputs, const Attributes& attributes);

// Adds op(inputs) as a constant. Errors: INVALID_ARGUMENT (types that the op refuses). Requires: CanFold.
absl::StatusOr<Node*> AddFolded(Graph& graph, Op op, absl::Span<Node* const> inputs, const Attributes& attributes,
                                absl::string_view name = "");

}  // namespace lathe

#endif  // LATHE_ENGINE_PASSES_FOLD_CONSTANTS_H_
