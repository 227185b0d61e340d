#include "engine/ir/graph.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/status_macros.h"

namespace lathe {
namespace {

constexpr int64_t kLiteralElementsMax = 16;

class TensorSource final : public ConstantSource {
 public:
  TensorSource(Tensor tensor, std::string text) : tensor_(std::move(tensor)), text_(std::move(text)) {}
  absl::StatusOr<Tensor> Read() const override { return tensor_; }
  std::string text() const override { return text_; }

 private:
  Tensor tensor_;
  std::string text_;
};

// What stays of a source that was let go.
class ReleasedSource final : public ConstantSource {
 public:
  explicit ReleasedSource(std::string text) : text_(std::move(text)) {}
  absl::StatusOr<Tensor> Read() const override {
    return absl::FailedPreconditionError(absl::StrCat("constant ", text_, " was let go after compilation"));
  }
  std::string text() const override { return text_; }

 private:
  std::string text_;
};

std::string LiteralText(const Tensor& tensor) {
  std::vector<std::string> elements;
  if (tensor.dtype() == DType::kI32) {
    for (int32_t value : tensor.data<int32_t>()) elements.push_back(absl::StrCat(value));
  } else {
    const Tensor floats = Cast(tensor, DType::kF32);
    for (float value : floats.data<float>()) elements.push_back(FloatText(value));
  }
  if (tensor.rank() == 0) return elements[0];
  return absl::StrCat("[", absl::StrJoin(elements, ", "), "]");
}

std::vector<Type> TypesOf(absl::Span<Node* const> nodes) {
  std::vector<Type> types;
  types.reserve(nodes.size());
  for (const Node* node : nodes) types.push_back(node->type());
  return types;
}

absl::Status CheckBody(const Graph& body, absl::Span<Node* const> inputs) {
  if (body.outputs().size() != 1) {
    return absl::InvalidArgumentError(absl::StrCat("fusion: body has ", body.outputs().size(), " outputs, wanted 1"));
  }
  if (body.inputs().size() != inputs.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("fusion: got ", inputs.size(), " inputs, wanted the body's ", body.inputs().size()));
  }
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (inputs[i]->type() != body.inputs()[i]->type()) {
      return absl::InvalidArgumentError(absl::StrCat("fusion: input ", i, ": got ", inputs[i]->type().ToString(),
                                                     ", wanted ", body.inputs()[i]->type().ToString()));
    }
  }
  return absl::OkStatus();
}

}  // namespace

std::shared_ptr<const ConstantSource> MakeConstantSource(Tensor tensor, absl::string_view name) {
  std::string text = tensor.size() > 0 && tensor.size() <= kLiteralElementsMax && name.empty()
                         ? LiteralText(tensor)
                         : absl::StrCat("\"", name, "\"");
  return std::make_shared<TensorSource>(std::move(tensor), std::move(text));
}

Graph::~Graph() = default;
Graph::Graph(Graph&&) noexcept = default;
Graph& Graph::operator=(Graph&&) noexcept = default;

Graph Graph::Clone() const {
  Graph copy(name_);
  copy.names_ = names_;
  std::map<const Node*, Node*> copies;
  for (const auto& node : nodes_) {
    auto twin = std::unique_ptr<Node>(new Node);
    twin->op_ = node->op_;
    twin->name_ = node->name_;
    twin->type_ = node->type_;
    twin->attributes_ = node->attributes_;
    twin->source_ = node->source_;
    if (node->body_ != nullptr) twin->body_ = std::make_unique<Graph>(node->body_->Clone());
    for (Node* input : node->inputs_) twin->inputs_.push_back(copies.at(input));
    copies[node.get()] = twin.get();
    copy.nodes_.push_back(std::move(twin));
  }
  for (const Node* input : inputs_) copy.inputs_.push_back(copies.at(input));
  for (const Node* output : outputs_) copy.outputs_.push_back(copies.at(output));
  return copy;
}

std::vector<Node*> Graph::nodes() const {
  std::vector<Node*> nodes;
  nodes.reserve(nodes_.size());
  for (const auto& node : nodes_) nodes.push_back(node.get());
  return nodes;
}

std::vector<Node*> Graph::Users(const Node* node) const {
  std::vector<Node*> users;
  for (const auto& candidate : nodes_) {
    const auto& inputs = candidate->inputs_;
    if (std::find(inputs.begin(), inputs.end(), node) != inputs.end()) users.push_back(candidate.get());
  }
  return users;
}

bool Graph::IsOutput(const Node* node) const {
  return std::find(outputs_.begin(), outputs_.end(), node) != outputs_.end();
}

std::string Graph::FreeName(absl::string_view wanted) const {
  if (!wanted.empty() && names_.count(std::string(wanted)) == 0) return std::string(wanted);
  const std::string stem = wanted.empty() ? "" : absl::StrCat(wanted, "_");
  for (size_t number = wanted.empty() ? nodes_.size() : 1;; ++number) {
    std::string name = absl::StrCat(stem, number);
    if (names_.count(name) == 0) return name;
  }
}

Node* Graph::Insert(std::unique_ptr<Node> node, absl::string_view name) {
  node->name_ = FreeName(name);
  names_.insert(node->name_);
  nodes_.push_back(std::move(node));
  return nodes_.back().get();
}

Node* Graph::AddInput(absl::string_view name, Type type) {
  auto node = std::unique_ptr<Node>(new Node);
  node->op_ = Op::kInput;
  node->type_ = std::move(type);
  inputs_.push_back(Insert(std::move(node), name));
  return inputs_.back();
}

Node* Graph::AddConstant(Type type, std::shared_ptr<const ConstantSource> source, absl::string_view name) {
  auto node = std::unique_ptr<Node>(new Node);
  node->op_ = Op::kConstant;
  node->type_ = std::move(type);
  node->source_ = std::move(source);
  return Insert(std::move(node), name);
}

absl::StatusOr<Node*> Graph::Add(Op op, std::vector<Node*> inputs, Attributes attributes, absl::string_view name) {
  ASSIGN_OR_RETURN(Type type, InferType(op, TypesOf(inputs), attributes));
  auto node = std::unique_ptr<Node>(new Node);
  node->op_ = op;
  node->type_ = std::move(type);
  node->inputs_ = std::move(inputs);
  node->attributes_ = std::move(attributes);
  return Insert(std::move(node), name);
}

absl::StatusOr<Node*> Graph::AddFusion(std::vector<Node*> inputs, absl::string_view kind, Graph body,
                                       absl::string_view name) {
  const Attributes attributes = {{"kind", std::string(kind)}};
  RETURN_IF_ERROR(CheckSignature(Op::kFusion, inputs.size(), attributes));
  RETURN_IF_ERROR(CheckBody(body, inputs));
  auto node = std::unique_ptr<Node>(new Node);
  node->op_ = Op::kFusion;
  node->type_ = body.outputs()[0]->type();
  node->inputs_ = std::move(inputs);
  node->attributes_ = attributes;
  node->body_ = std::make_unique<Graph>(std::move(body));
  return Insert(std::move(node), name);
}

absl::StatusOr<Node*> Graph::AddCopy(const Node& node, std::vector<Node*> inputs) {
  if (node.op() == Op::kInput) return AddInput(node.name(), node.type());
  if (node.op() == Op::kConstant) return AddConstant(node.type(), node.source(), node.name());
  if (node.op() == Op::kFusion) {
    return AddFusion(std::move(inputs), node.attributes().Word("kind"), node.body()->Clone(), node.name());
  }
  return Add(node.op(), std::move(inputs), node.attributes(), node.name());
}

void Graph::ReplaceUses(Node* from, Node* to) {
  for (const auto& node : nodes_) {
    if (node.get() != to) std::replace(node->inputs_.begin(), node->inputs_.end(), from, to);
  }
  std::replace(outputs_.begin(), outputs_.end(), from, to);
}

void Graph::ReleaseConstants() {
  for (const auto& node : nodes_) {
    if (node->source_ != nullptr) node->source_ = std::make_shared<ReleasedSource>(node->source_->text());
    if (node->body_ != nullptr) node->body_->ReleaseConstants();
  }
}

bool Graph::Clean() {
  // Depth first from the outputs gives producers before users; walking in the old order keeps it where it can.
  std::map<const Node*, bool> needed;
  std::vector<Node*> pending(outputs_.begin(), outputs_.end());
  while (!pending.empty()) {
    Node* node = pending.back();
    pending.pop_back();
    if (!std::exchange(needed[node], true)) pending.insert(pending.end(), node->inputs_.begin(), node->inputs_.end());
  }
  for (const Node* input : inputs_) needed[input] = true;

  std::map<const Node*, std::unique_ptr<Node>*> slots;
  for (auto& node : nodes_) slots[node.get()] = &node;
  std::vector<std::unique_ptr<Node>> ordered;
  // Moves a node behind its producers; each slot is emptied as it is placed. Iterative, since a graph can be deep.
  const auto place = [&](Node* root) {
    std::vector<std::pair<Node*, size_t>> stack = {{root, 0}};
    while (!stack.empty()) {
      auto& [node, next] = stack.back();
      if (*slots.at(node) == nullptr) {
        stack.pop_back();
      } else if (next < node->inputs_.size()) {
        Node* input = node->inputs_[next++];
        if (*slots.at(input) != nullptr) stack.emplace_back(input, 0);
      } else {
        ordered.push_back(std::move(*slots.at(node)));
        stack.pop_back();
      }
    }
  };
  const size_t before = nodes_.size();
  for (const auto& node : nodes_) {
    if (node != nullptr && needed.count(node.get()) != 0) place(node.get());
  }
  nodes_ = std::move(ordered);
  names_.clear();
  for (const auto& node : nodes_) names_.insert(node->name_);
  return nodes_.size() != before;
}

}  // namespace lathe
