#include <set>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/ir/graph.h"

namespace lathe {
namespace {

constexpr int kDepthMax = 8;

absl::Status VerifyGraph(const Graph& graph, int depth);

absl::Status VerifyFusion(const Node& node, int depth) {
  if (node.body() == nullptr) return absl::InvalidArgumentError("fusion without a body");
  if (node.body()->inputs().size() != node.inputs().size() || node.body()->outputs().size() != 1) {
    return absl::InvalidArgumentError("fusion whose body has other inputs or outputs");
  }
  for (size_t i = 0; i < node.inputs().size(); ++i) {
    if (node.input(i)->type() != node.body()->inputs()[i]->type()) {
      return absl::InvalidArgumentError(absl::StrCat("fusion input ", i, " differs from the body's"));
    }
  }
  if (node.type() != node.body()->outputs()[0]->type()) {
    return absl::InvalidArgumentError("fusion whose type is not its body's");
  }
  return VerifyGraph(*node.body(), depth + 1);
}

absl::Status VerifyNode(const Node& node, int depth) {
  RETURN_IF_ERROR(CheckType(node.type()));
  if (node.op() == Op::kInput) return absl::OkStatus();
  if (node.op() == Op::kConstant) {
    if (node.source() == nullptr) return absl::InvalidArgumentError("constant without a source");
    for (const Dim& dim : node.type().shape) {
      if (!dim.is_constant()) return absl::InvalidArgumentError("constant with a symbolic dimension");
    }
    return absl::OkStatus();
  }
  if (node.op() == Op::kFusion) return VerifyFusion(node, depth);
  std::vector<Type> types;
  for (const Node* input : node.inputs()) types.push_back(input->type());
  ASSIGN_OR_RETURN(const Type type, InferType(node.op(), types, node.attributes()));
  if (type != node.type()) {
    return absl::InvalidArgumentError(absl::StrCat("has type ", node.type().ToString(), ", wanted ", type.ToString()));
  }
  return absl::OkStatus();
}

absl::Status VerifyGraph(const Graph& graph, int depth) {
  if (depth > kDepthMax) return absl::InvalidArgumentError("fusions nested more than 8 deep");
  std::set<const Node*> seen;
  std::set<absl::string_view> names;
  for (const Node* node : graph.nodes()) {
    const std::string place = absl::StrCat("%", node->name());
    if (!names.insert(node->name()).second)
      return absl::InvalidArgumentError(absl::StrCat(place, ": name taken twice"));
    for (const Node* input : node->inputs()) {
      if (seen.count(input) == 0) {
        return absl::InvalidArgumentError(absl::StrCat(place, ": reads %", input->name(), " before it is computed"));
      }
    }
    RETURN_IF_ERROR(Annotate(VerifyNode(*node, depth), place));
    seen.insert(node);
  }
  if (graph.outputs().empty()) return absl::InvalidArgumentError("graph without an output");
  for (const Node* output : graph.outputs()) {
    if (seen.count(output) == 0) return absl::InvalidArgumentError("output that is not in the graph");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Verify(const Graph& graph) { return Annotate(VerifyGraph(graph, 0), absl::StrCat("@", graph.name())); }

}  // namespace lathe
