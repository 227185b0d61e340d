#include "engine/passes/readers.h"

namespace lathe {

Readers::Readers(const Graph& graph) {
  for (Node* node : graph.nodes()) {
    for (const Node* input : node->inputs()) {
      std::vector<Node*>& readers = readers_[input];
      if (readers.empty() || readers.back() != node) readers.push_back(node);
    }
  }
  for (const Node* output : graph.outputs()) returned_[output] = true;
}

const std::vector<Node*>& Readers::Of(const Node* node) const {
  static const auto* none = new std::vector<Node*>();
  const auto found = readers_.find(node);
  return found == readers_.end() ? *none : found->second;
}

Node* Readers::Sole(const Node* node) const {
  const std::vector<Node*>& readers = Of(node);
  return readers.size() == 1 && returned_.count(node) == 0 ? readers[0] : nullptr;
}

}  // namespace lathe
