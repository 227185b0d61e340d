// attention over ragged sequences: per sequence and head, softmax(scale * q k^T) v, never across sequences.
//
// query = all: one query per token; first, last: one per sequence, standing at its first or last token, which is what
// narrow_rows makes of a layer of which one row is read. kernels/attention/attention.h has the equation.
// Shapes: q f32[T or N, H * d], k and v f32[T, KV * d], cu_seqlens i32[N+1] -> the shape of q.
// Source: Vaswani et al. 2017, arXiv 1706.03762.
#include "kernels/attention/attention.h"

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/ir/ops/checks.h"
#include "engine/ir/ops/ops.h"

namespace lathe {
namespace {

int64_t KvHeads(const Attributes& attributes) { return attributes.Int("kv_heads", attributes.Int("heads")); }

absl::Status CheckHeads(const InferenceContext& context) {
  const int64_t heads = context.attributes.Int("heads");
  const int64_t kv_heads = KvHeads(context.attributes);
  const int64_t width = Width(context.inputs[0]);
  if (heads < 1 || width % heads != 0) {
    return absl::InvalidArgumentError(absl::StrCat("attribute heads: got ", heads, ", wanted a divisor of ", width));
  }
  if (kv_heads < 1 || heads % kv_heads != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("attribute kv_heads: got ", kv_heads, ", wanted a divisor of ", heads));
  }
  if (width / heads > kernels::kAttentionHeadDimMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("head size: got ", width / heads, ", wanted at most ", kernels::kAttentionHeadDimMax));
  }
  const Type keys{DType::kF32, {Dim::T(), width / heads * kv_heads}};
  RETURN_IF_ERROR(WantType("k", context.inputs[1], keys));
  return WantType("v", context.inputs[2], keys);
}

absl::StatusOr<kernels::AttentionQueries> ParseQueries(const Attributes& attributes) {
  const std::string query = attributes.Word("query", "all");
  if (query == "all") return kernels::AttentionQueries::kAll;
  if (query == "first") return kernels::AttentionQueries::kFirst;
  if (query == "last") return kernels::AttentionQueries::kLast;
  return absl::InvalidArgumentError(absl::StrCat("attribute query: got ", query, ", wanted all, first or last"));
}

}  // namespace

absl::StatusOr<Type> InferAttention(const InferenceContext& context) {
  const Type& q = context.inputs[0];
  ASSIGN_OR_RETURN(const kernels::AttentionQueries queries, ParseQueries(context.attributes));
  RETURN_IF_ERROR(WantRows("q", q));
  RETURN_IF_ERROR(WantRank("q", q, 2));
  RETURN_IF_ERROR(WantDim("q", q, 0, queries == kernels::AttentionQueries::kAll ? Dim::T() : Dim::N()));
  RETURN_IF_ERROR(WantCuSeqlens(context.inputs[3]));
  RETURN_IF_ERROR(CheckHeads(context));
  return q;
}

absl::StatusOr<Tensor> EvaluateAttention(const EvaluationContext& context) {
  const Tensor& q = context.inputs[0];
  ASSIGN_OR_RETURN(const kernels::AttentionQueries queries, ParseQueries(context.attributes));
  Tensor y(DType::kF32, q.shape());
  kernels::AttentionArgs args;
  args.q = q.data<float>().data();
  args.k = context.inputs[1].data<float>().data();
  args.v = context.inputs[2].data<float>().data();
  args.y = y.mutable_data<float>().data();
  args.cu_seqlens = context.inputs[3].data<int32_t>().data();
  args.q_stride = args.y_stride = q.shape()[1];
  args.k_stride = args.v_stride = context.inputs[1].shape()[1];
  args.heads = context.attributes.Int("heads");
  args.kv_heads = KvHeads(context.attributes);
  args.head_dim = q.shape()[1] / args.heads;
  args.scale = static_cast<float>(context.attributes.Number("scale"));
  args.softcap = static_cast<float>(context.attributes.Number("softcap", 0));
  args.causal = context.attributes.Int("causal") != 0;
  args.window_left = context.attributes.Int("window_left", -1);
  args.window_right = context.attributes.Int("window_right", -1);
  args.queries = queries;
  kernels::AttentionRange range;
  range.sequence_end = context.inputs[3].size() - 1;
  range.head_end = args.heads;
  kernels::AttentionReference(args, range, nullptr);
  return y;
}

}  // namespace lathe
