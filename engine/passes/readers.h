// Who reads each value of a graph: a snapshot, made once per walk, that answers in constant time.
#ifndef LATHE_ENGINE_PASSES_READERS_H_
#define LATHE_ENGINE_PASSES_READERS_H_

#include <unordered_map>
#include <vector>

#include "engine/ir/graph.h"

namespace lathe {

// Holds for the graph as it was when this was made.
class Readers {
 public:
  explicit Readers(const Graph& graph);

  // The nodes that read `node`, each once, in the graph's order. An output of the graph is no node: see Sole.
  const std::vector<Node*>& Of(const Node* node) const;
  // The one node that reads `node`; null if there are none or several, or if the graph returns `node`.
  Node* Sole(const Node* node) const;

 private:
  std::unordered_map<const Node*, std::vector<Node*>> readers_;
  std::unordered_map<const Node*, bool> returned_;
};

}  // namespace lathe

#endif  // LATHE_ENGINE_PASSES_READERS_H_
