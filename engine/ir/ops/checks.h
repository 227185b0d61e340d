// Checks that several shape rules share. Each names the input by its role and says got and wanted.
#ifndef LATHE_ENGINE_IR_OPS_CHECKS_H_
#define LATHE_ENGINE_IR_OPS_CHECKS_H_

#include <functional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/ir/type.h"

namespace lathe {

absl::Status WantDType(absl::string_view role, const Type& type, DType dtype);
absl::Status WantRank(absl::string_view role, const Type& type, int64_t rank);
absl::Status WantDim(absl::string_view role, const Type& type, int64_t axis, const Dim& wanted);
// `type` is exactly f32 or so, of that shape.
absl::Status WantType(absl::string_view role, const Type& type, const Type& wanted);
// f32 of rank 1 or more, whose last dimension is a constant.
absl::Status WantRows(absl::string_view role, const Type& type);
// i32[N+1].
absl::Status WantCuSeqlens(const Type& type);

// The last dimension's size. Requires: WantRows holds.
int64_t Width(const Type& type);

// The shape that both broadcast to: aligned at the last dimension, equal or 1. Errors: INVALID_ARGUMENT with both
// shapes.
absl::StatusOr<Shape> BroadcastShapes(const Shape& a, const Shape& b);

}  // namespace lathe

#endif  // LATHE_ENGINE_IR_OPS_CHECKS_H_
