// Declares the shape rule and the reference evaluation of every row of ops.def. Each pair is defined in the file of its
// op or op family in this folder.
#ifndef LATHE_ENGINE_IR_OPS_OPS_H_
#define LATHE_ENGINE_IR_OPS_OPS_H_

#include "absl/status/statusor.h"
#include "engine/ir/op.h"

namespace lathe {

#define LATHE_OP(enumerator, name, least, most, attributes, traits)        \
  absl::StatusOr<Type> Infer##enumerator(const InferenceContext& context); \
  absl::StatusOr<Tensor> Evaluate##enumerator(const EvaluationContext& context);
#include "engine/ir/ops.def"
#undef LATHE_OP

}  // namespace lathe

#endif  // LATHE_ENGINE_IR_OPS_OPS_H_
