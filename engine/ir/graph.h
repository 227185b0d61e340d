// The graph: typed SSA dataflow over the ops of ops.def, with sizes that are affine in T and N.
//
// A Graph owns its nodes; everybody else borrows them, and a node's address is stable while the graph holds it. Each
// node has one result, so a node and its value are the same thing. Not thread-safe while it is changed; immutable
// otherwise.
#ifndef LATHE_ENGINE_IR_GRAPH_H_
#define LATHE_ENGINE_IR_GRAPH_H_

#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/ir/attributes.h"
#include "engine/ir/op.h"
#include "engine/ir/tensor.h"
#include "engine/ir/type.h"

namespace lathe {

class Graph;

// Where the elements of a constant come from. Weights are read late (when a plan packs them) and let go after.
class ConstantSource {
 public:
  virtual ~ConstantSource() = default;
  // The elements, in the type of the constant that holds this source. May be called more than once.
  virtual absl::StatusOr<Tensor> Read() const = 0;
  // What the text form prints: a tensor's name in quotes, or the elements of a short literal. Two sources in one graph
  // with the same text hold the same elements.
  virtual std::string text() const = 0;
};

// A source that holds its elements: text() lists them if there are at most 16, else it is `name`, quoted.
std::shared_ptr<const ConstantSource> MakeConstantSource(Tensor tensor, absl::string_view name = "");

class Node {
 public:
  Op op() const { return op_; }
  // Unique in its graph, printed after a "%".
  const std::string& name() const { return name_; }
  const Type& type() const { return type_; }
  absl::Span<Node* const> inputs() const { return inputs_; }
  Node* input(size_t i) const { return inputs_[i]; }
  const Attributes& attributes() const { return attributes_; }
  // Set for constants alone.
  const std::shared_ptr<const ConstantSource>& source() const { return source_; }
  // Set for fusions alone: the nested graph; its inputs stand for this node's inputs, in order. It has one output.
  const Graph* body() const { return body_.get(); }

 private:
  friend class Graph;
  Node() = default;

  Op op_ = Op::kInput;
  std::string name_;
  Type type_;
  std::vector<Node*> inputs_;
  Attributes attributes_;
  std::shared_ptr<const ConstantSource> source_;
  std::unique_ptr<Graph> body_;
};

class Graph {
 public:
  explicit Graph(absl::string_view name) : name_(name) {}
  ~Graph();
  Graph(Graph&&) noexcept;
  Graph& operator=(Graph&&) noexcept;
  Graph(const Graph&) = delete;
  Graph& operator=(const Graph&) = delete;
  Graph Clone() const;

  const std::string& name() const { return name_; }
  absl::Span<Node* const> inputs() const { return inputs_; }
  absl::Span<Node* const> outputs() const { return outputs_; }
  // Every node, producers before users.
  std::vector<Node*> nodes() const;
  // The nodes that read `node`, each once, in order.
  std::vector<Node*> Users(const Node* node) const;
  bool IsOutput(const Node* node) const;

  // Each adds a node at the end. An empty name gives the next free number; a taken one gets a suffix.
  Node* AddInput(absl::string_view name, Type type);
  Node* AddConstant(Type type, std::shared_ptr<const ConstantSource> source, absl::string_view name = "");
  // Errors: INVALID_ARGUMENT, what the op's checks say.
  absl::StatusOr<Node*> Add(Op op, std::vector<Node*> inputs, Attributes attributes = {}, absl::string_view name = "");
  // Errors: INVALID_ARGUMENT (no input or more than 64, number or types of inputs differ from the body's, or it
  // has not one output).
  absl::StatusOr<Node*> AddFusion(std::vector<Node*> inputs, absl::string_view kind, Graph body,
                                  absl::string_view name = "");
  // Copies one node of another graph, with these inputs here.
  absl::StatusOr<Node*> AddCopy(const Node& node, std::vector<Node*> inputs);
  void SetOutputs(std::vector<Node*> outputs) { outputs_ = std::move(outputs); }

  // Lets every reader of `from`, and the outputs, read `to`. Requires: the same type.
  void ReplaceUses(Node* from, Node* to);
  // Lets go of what constants are read from, once nobody will read them again; their text stays.
  void ReleaseConstants();
  // Removes nodes that no output needs (inputs stay) and puts producers before users, keeping the order where it can.
  // Returns whether a node went. Passes call it before they return.
  bool Clean();

 private:
  Node* Insert(std::unique_ptr<Node> node, absl::string_view name);
  std::string FreeName(absl::string_view wanted) const;

  std::string name_;
  std::vector<std::unique_ptr<Node>> nodes_;
  std::unordered_set<std::string> names_;  // Of nodes_.
  std::vector<Node*> inputs_;
  std::vector<Node*> outputs_;
};

// Checks what a graph promises: producers before users, types that the ops' rules give, names unique, at most one
// symbolic dimension in a shape, fusions whose bodies hold and match. Errors: INVALID_ARGUMENT naming the node.
absl::Status Verify(const Graph& graph);

}  // namespace lathe

#endif  // LATHE_ENGINE_IR_GRAPH_H_
