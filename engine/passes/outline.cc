#include "engine/passes/outline.h"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "engine/base/status_macros.h"
#include "engine/passes/fold_constants.h"

namespace lathe {
namespace {

constexpr size_t kInputsMax = 64;  // Of the op table's row for fusion.

using MemberSet = std::unordered_set<const Node*>;

// A number written out in the graph, which a kernel wants to know and not to load.
bool IsScalarLiteral(const Node& node) {
  return node.op() == Op::kConstant && node.type().rank() == 0 && IsLiteral(*node.source());
}

// "a" to "z", then "a1" and so on.
std::string Letter(size_t index) {
  const std::string letter(1, static_cast<char>('a' + index % 26));
  return index < 26 ? letter : absl::StrCat(letter, index / 26);
}

// Copies a region, root first, into a graph of its own.
class BodyBuilder {
 public:
  BodyBuilder(absl::Span<Node* const> members, absl::string_view kind, InputSharing sharing)
      : members_(members.begin(), members.end()), sharing_(sharing), body_(kind) {}

  // The body's value for `node`. Recursion is as deep as the region, which is small.
  absl::StatusOr<Node*> Build(Node* node) {
    const bool member = members_.count(node) != 0;
    const auto found = built_.find(node);
    if (found != built_.end() && (member || sharing_ == InputSharing::kShared)) return found->second;
    ASSIGN_OR_RETURN(Node* const copy, member ? BuildMember(*node) : BuildOutside(node));
    return built_[node] = copy;
  }

  Graph TakeBody() { return std::move(body_); }
  std::vector<Node*> TakeInputs() { return std::move(inputs_); }
  void SetOutput(Node* output) { body_.SetOutputs({output}); }

 private:
  absl::StatusOr<Node*> BuildMember(const Node& node) {
    std::vector<Node*> inputs;
    for (Node* operand : OrderedOperands(node)) {
      ASSIGN_OR_RETURN(Node* const input, Build(operand));
      inputs.push_back(input);
    }
    return body_.Add(node.op(), std::move(inputs), node.attributes(), absl::StrCat(next_name_++));
  }

  Node* BuildOutside(Node* node) {
    if (IsScalarLiteral(*node)) return body_.AddConstant(node->type(), node->source(), absl::StrCat(next_name_++));
    inputs_.push_back(node);
    return body_.AddInput(Letter(inputs_.size() - 1), node->type());
  }

  // How many members lie under `node`, itself included; one that is read twice counts twice.
  size_t Weight(const Node* node) {
    if (members_.count(node) == 0) return 0;
    const auto found = weights_.find(node);
    if (found != weights_.end()) return found->second;
    size_t weight = 1;
    for (const Node* input : node->inputs()) weight += Weight(input);
    return weights_[node] = std::min(weight, size_t{1} << 32);
  }

  std::vector<Node*> OrderedOperands(const Node& node) {
    std::vector<Node*> operands(node.inputs().begin(), node.inputs().end());
    if (node.op() == Op::kAdd || node.op() == Op::kMul) {
      std::stable_sort(operands.begin(), operands.end(), [&](Node* a, Node* b) { return Weight(a) > Weight(b); });
    }
    return operands;
  }

  MemberSet members_;
  InputSharing sharing_;
  Graph body_;
  std::vector<Node*> inputs_;
  std::unordered_map<const Node*, Node*> built_;
  std::unordered_map<const Node*, size_t> weights_;
  int next_name_ = 0;
};

}  // namespace

bool CanOutline(absl::Span<Node* const> members, const Readers& readers) {
  const MemberSet inside(members.begin(), members.end());
  size_t inputs = 0;
  for (const Node* member : members) {
    if (member != members[0] && (readers.Sole(member) == nullptr || inside.count(readers.Sole(member)) == 0))
      return false;
    for (const Node* input : member->inputs()) {
      if (inside.count(input) == 0 && !IsScalarLiteral(*input)) ++inputs;
    }
  }
  return inputs >= 1 && inputs <= kInputsMax;
}

absl::StatusOr<Node*> Outline(absl::Span<Node* const> members, absl::string_view kind, InputSharing sharing,
                              Graph& graph) {
  Node* root = members[0];
  BodyBuilder builder(members, kind, sharing);
  ASSIGN_OR_RETURN(Node* const output, builder.Build(root));
  builder.SetOutput(output);
  ASSIGN_OR_RETURN(Node* const fusion, graph.AddFusion(builder.TakeInputs(), kind, builder.TakeBody(), root->name()));
  graph.ReplaceUses(root, fusion);
  return fusion;
}

}  // namespace lathe
