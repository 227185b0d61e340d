#include "engine/devices/cpu/id_limits.h"

#include <map>

namespace lathe::cpu {
namespace {

// Which input of the outermost graph a value is; absent for computed ones.
using InputNumbers = std::map<const Node*, size_t>;

void Collect(const Graph& graph, const InputNumbers& numbers, std::vector<IdLimit>* limits) {
  for (const Node* node : graph.nodes()) {
    if (node->op() == Op::kEmbedding) {
      const auto ids = numbers.find(node->input(1));
      if (ids != numbers.end()) limits->push_back({ids->second, node->input(0)->type().shape[0]});
    }
    if (node->body() == nullptr) continue;
    InputNumbers inner;
    for (size_t i = 0; i < node->inputs().size(); ++i) {
      const auto number = numbers.find(node->input(i));
      if (number != numbers.end()) inner[node->body()->inputs()[i]] = number->second;
    }
    Collect(*node->body(), inner, limits);
  }
}

}  // namespace

std::vector<IdLimit> FindIdLimits(const Graph& graph) {
  InputNumbers numbers;
  for (size_t i = 0; i < graph.inputs().size(); ++i) numbers[graph.inputs()[i]] = i;
  std::vector<IdLimit> limits;
  Collect(graph, numbers, &limits);
  return limits;
}

}  // namespace lathe::cpu
