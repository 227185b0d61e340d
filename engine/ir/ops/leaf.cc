// input, constant and fusion: nodes that Graph adds by calls of their own, with the type given. The rules here answer
// whoever tries to add or evaluate them like another op.
#include "absl/strings/str_cat.h"
#include "engine/ir/ops/ops.h"

namespace lathe {
namespace {

absl::Status NotComputed(absl::string_view name) {
  return absl::InvalidArgumentError(absl::StrCat(name, " is not computed from inputs by a rule of its own"));
}

}  // namespace

absl::StatusOr<Type> InferInput(const InferenceContext&) { return NotComputed("input"); }
absl::StatusOr<Tensor> EvaluateInput(const EvaluationContext&) { return NotComputed("input"); }
absl::StatusOr<Type> InferConstant(const InferenceContext&) { return NotComputed("constant"); }
absl::StatusOr<Tensor> EvaluateConstant(const EvaluationContext&) { return NotComputed("constant"); }
absl::StatusOr<Type> InferFusion(const InferenceContext&) { return NotComputed("fusion"); }
absl::StatusOr<Tensor> EvaluateFusion(const EvaluationContext&) { return NotComputed("fusion"); }

}  // namespace lathe
