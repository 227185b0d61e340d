#include "engine/ir/evaluate.h"

#include <unordered_map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"

namespace lathe {
namespace {

absl::Status CheckTensor(const Node& node, const Tensor& tensor, const Extents& extents) {
  std::vector<int64_t> wanted;
  for (const Dim& dim : node.type().shape) wanted.push_back(dim.Evaluate(extents));
  if (tensor.dtype() == node.type().dtype && tensor.shape() == wanted) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("elements do not fit ", node.type().ToString(),
                                                 " at T = ", extents.tokens, ", N = ", extents.sequences));
}

}  // namespace

absl::StatusOr<Tensor> EvaluateNode(const Node& node, absl::Span<const Tensor> inputs, const Extents& extents) {
  if (node.op() == Op::kConstant) return node.source()->Read();
  if (node.op() == Op::kFusion) {
    ASSIGN_OR_RETURN(std::vector<Tensor> outputs, Evaluate(*node.body(), inputs, extents));
    return std::move(outputs[0]);
  }
  return Info(node.op()).evaluate({inputs, node.attributes(), extents});
}

absl::StatusOr<std::vector<Tensor>> Evaluate(const Graph& graph, absl::Span<const Tensor> inputs,
                                             const Extents& extents) {
  if (inputs.size() != graph.inputs().size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("@", graph.name(), ": got ", inputs.size(), " inputs, wanted ", graph.inputs().size()));
  }
  std::unordered_map<const Node*, Tensor> values;
  for (size_t i = 0; i < inputs.size(); ++i) values[graph.inputs()[i]] = inputs[i];
  for (const Node* node : graph.nodes()) {
    if (node->op() != Op::kInput) {
      std::vector<Tensor> arguments;
      for (const Node* input : node->inputs()) arguments.push_back(values.at(input));
      ASSIGN_OR_RETURN(values[node],
                       Annotate(EvaluateNode(*node, arguments, extents), absl::StrCat("%", node->name())));
    }
    RETURN_IF_ERROR(Annotate(CheckTensor(*node, values.at(node), extents), absl::StrCat("%", node->name())));
  }
  std::vector<Tensor> outputs;
  for (const Node* output : graph.outputs()) outputs.push_back(values.at(output));
  return outputs;
}

}  // namespace lathe
