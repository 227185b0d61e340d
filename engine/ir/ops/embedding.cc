// embedding: y[t] = table[ids[t]].
// Shapes: table f32[V, D], ids i32[T] -> f32[T, D].
#include "kernels/embedding/embedding.h"

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/ir/ops/checks.h"
#include "engine/ir/ops/ops.h"

namespace lathe {

absl::StatusOr<Type> InferEmbedding(const InferenceContext& context) {
  const Type& table = context.inputs[0];
  const Type& ids = context.inputs[1];
  RETURN_IF_ERROR(WantRows("table", table));
  RETURN_IF_ERROR(WantRank("table", table, 2));
  RETURN_IF_ERROR(WantDType("ids", ids, DType::kI32));
  RETURN_IF_ERROR(WantRank("ids", ids, 1));
  return Type{DType::kF32, {ids.shape[0], table.shape[1]}};
}

absl::StatusOr<Tensor> EvaluateEmbedding(const EvaluationContext& context) {
  const Tensor& table = context.inputs[0];
  const Tensor& ids = context.inputs[1];
  for (const int32_t id : ids.data<int32_t>()) {
    if (id < 0 || id >= table.shape()[0]) {
      return absl::InvalidArgumentError(absl::StrCat("id ", id, ", wanted 0 to ", table.shape()[0] - 1));
    }
  }
  Tensor y(DType::kF32, {ids.size(), table.shape()[1]});
  kernels::EmbeddingArgs args;
  args.tables[0] = {table.data<float>().data(), table.shape()[1], ids.data<int32_t>().data()};
  args.table_count = 1;
  args.width = table.shape()[1];
  args.rows = ids.size();
  args.y = y.mutable_data<float>().data();
  args.y_stride = args.width;
  kernels::EmbeddingReference(args);
  return y;
}

}  // namespace lathe
