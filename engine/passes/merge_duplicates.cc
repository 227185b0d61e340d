#include "engine/passes/merge_duplicates.h"

#include <string>
#include <unordered_map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace lathe {
namespace {

std::string Address(const void* pointer) { return absl::StrFormat("%p", pointer); }

std::string ConstantKey(const Node& node) {
  const std::string text = node.source()->text();
  return absl::StrCat(node.type().ToString(), text == "\"\"" ? Address(node.source().get()) : text);
}

// Equal for nodes that compute the same; empty for those that are not compared.
std::string Key(const Node& node) {
  if (node.op() == Op::kInput || node.op() == Op::kFusion) return "";
  if (node.op() == Op::kConstant) return ConstantKey(node);
  std::string key(Name(node.op()));
  for (const Node* input : node.inputs()) absl::StrAppend(&key, " ", Address(input));
  for (const auto& [name, value] : node.attributes().values()) absl::StrAppend(&key, " ", name, "=", ToString(value));
  return key;
}

}  // namespace

absl::StatusOr<bool> MergeDuplicates(Graph& graph) {
  std::unordered_map<std::string, Node*> firsts;
  bool changed = false;
  for (Node* node : graph.nodes()) {
    const std::string key = Key(*node);
    if (key.empty() || firsts.emplace(key, node).second) continue;
    graph.ReplaceUses(node, firsts.at(key));
    changed = true;
  }
  graph.Clean();
  return changed;
}

}  // namespace lathe
