#include "engine/ir/builder.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"

namespace lathe {

Value GraphBuilder::Input(absl::string_view name, Type type) { return graph_.AddInput(name, std::move(type)); }

TextBatch GraphBuilder::AddTextBatch() {
  const Type per_token{DType::kI32, {Dim::T()}};
  TextBatch batch;
  batch.token_ids = graph_.AddInput("token_ids", per_token);
  batch.segment_ids = graph_.AddInput("segment_ids", per_token);
  batch.positions = graph_.AddInput("positions", per_token);
  batch.cu_seqlens = graph_.AddInput("cu_seqlens", Type{DType::kI32, {Dim::N() + 1}});
  return batch;
}

Value GraphBuilder::Constant(Type type, std::shared_ptr<const ConstantSource> source, absl::string_view name) {
  return graph_.AddConstant(std::move(type), std::move(source), name);
}

Value GraphBuilder::Scalar(float value) {
  return graph_.AddConstant(Type{DType::kF32, {}}, MakeConstantSource(Tensor::Of<float>({}, {value})));
}

Value GraphBuilder::Apply(Op op, std::vector<Value> inputs, Attributes attributes, CallSite site) {
  if (!status_.ok()) return nullptr;
  for (const Value input : inputs) {
    if (input == nullptr) {
      Fail(absl::InvalidArgumentError(absl::StrCat(site.file, ":", site.line, ": ", Name(op), ": an input is null")));
      return nullptr;
    }
  }
  absl::StatusOr<Node*> node = graph_.Add(op, std::move(inputs), std::move(attributes));
  if (node.ok()) return *node;
  Fail(Annotate(node.status(), absl::StrCat(site.file, ":", site.line)));
  return nullptr;
}

Value GraphBuilder::Embedding(Value table, Value ids, CallSite site) {
  return Apply(Op::kEmbedding, {table, ids}, {}, site);
}

Value GraphBuilder::Linear(Value x, Value weight, Value bias, CallSite site) {
  std::vector<Value> inputs = {x, weight};
  if (bias != nullptr) inputs.push_back(bias);
  return Apply(Op::kLinear, std::move(inputs), {}, site);
}

Value GraphBuilder::Add(Value a, Value b, CallSite site) { return Apply(Op::kAdd, {a, b}, {}, site); }
Value GraphBuilder::Mul(Value a, Value b, CallSite site) { return Apply(Op::kMul, {a, b}, {}, site); }

Value GraphBuilder::LayerNorm(Value x, Value gamma, Value beta, double epsilon, CallSite site) {
  return Apply(Op::kLayerNorm, {x, gamma, beta}, {{"eps", epsilon}}, site);
}

Value GraphBuilder::Attention(Value q, Value k, Value v, Value cu_seqlens, const AttentionOptions& options,
                              CallSite site) {
  Attributes attributes = {{"heads", options.heads}, {"scale", options.scale}};
  if (options.kv_heads != 0 && options.kv_heads != options.heads) attributes.Set("kv_heads", options.kv_heads);
  if (options.causal) attributes.Set("causal", int64_t{1});
  return Apply(Op::kAttention, {q, k, v, cu_seqlens}, std::move(attributes), site);
}

Value GraphBuilder::GatherFirst(Value x, Value cu_seqlens, CallSite site) {
  return Apply(Op::kGatherFirst, {x, cu_seqlens}, {}, site);
}

Value GraphBuilder::Unary(Op op, Value x, CallSite site) { return Apply(op, {x}, {}, site); }

void GraphBuilder::Fail(absl::Status status) {
  if (status_.ok()) status_ = std::move(status);
}

absl::StatusOr<Graph> GraphBuilder::Finish(std::vector<Value> outputs) {
  RETURN_IF_ERROR(status_);
  for (const Value output : outputs) {
    if (output == nullptr) return absl::InvalidArgumentError(absl::StrCat("@", graph_.name(), ": an output is null"));
  }
  graph_.SetOutputs(std::move(outputs));
  graph_.Clean();
  RETURN_IF_ERROR(Verify(graph_));
  return std::exchange(graph_, Graph(""));
}

}  // namespace lathe
