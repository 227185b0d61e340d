#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/ir/text.h"

namespace lathe {
namespace {

std::string Reference(const Node* node) { return absl::StrCat("%", node->name()); }

std::string AttributesText(const Attributes& attributes) {
  if (attributes.empty()) return "";
  std::vector<std::string> parts;
  for (const auto& [name, value] : attributes.values()) parts.push_back(absl::StrCat(name, " = ", ToString(value)));
  return absl::StrCat(" {", absl::StrJoin(parts, ", "), "}");
}

// The width of the column of names, so that the "=" stand below each other.
size_t NameWidth(const Graph& graph) {
  size_t width = 0;
  for (const Node* node : graph.nodes()) {
    if (node->op() != Op::kInput) width = std::max(width, node->name().size());
  }
  return std::min<size_t>(width, 24);
}

void PrintGraph(const Graph& graph, const std::string& indent, std::string* out);

void PrintNode(const Node& node, size_t name_width, const std::string& indent, std::string* out) {
  const size_t padding = name_width > node.name().size() ? name_width - node.name().size() : 0;
  absl::StrAppend(out, indent, Reference(&node), std::string(padding, ' '), " = ", Name(node.op()));
  if (node.op() == Op::kConstant) {
    absl::StrAppend(out, " ", node.type().ToString(), " ", node.source()->text(), "\n");
    return;
  }
  const auto append_reference = [](std::string* text, const Node* input) { absl::StrAppend(text, Reference(input)); };
  absl::StrAppend(out, "(", absl::StrJoin(node.inputs(), ", ", append_reference), ")",
                  AttributesText(node.attributes()), " : ", node.type().ToString());
  if (node.body() != nullptr) {
    absl::StrAppend(out, " {\n");
    PrintGraph(*node.body(), absl::StrCat(indent, "  "), out);
    absl::StrAppend(out, indent, "}");
  }
  absl::StrAppend(out, "\n");
}

void PrintGraph(const Graph& graph, const std::string& indent, std::string* out) {
  const auto append_input = [](std::string* text, const Node* input) {
    absl::StrAppend(text, Reference(input), ": ", input->type().ToString());
  };
  const auto append_type = [](std::string* text, const Node* output) {
    absl::StrAppend(text, output->type().ToString());
  };
  const auto append_reference = [](std::string* text, const Node* node) { absl::StrAppend(text, Reference(node)); };
  absl::StrAppend(out, indent, "graph @", graph.name(), "(", absl::StrJoin(graph.inputs(), ", ", append_input), ") -> ",
                  absl::StrJoin(graph.outputs(), ", ", append_type), " {\n");
  const size_t name_width = NameWidth(graph);
  const std::string inner = absl::StrCat(indent, "  ");
  for (const Node* node : graph.nodes()) {
    if (node->op() != Op::kInput) PrintNode(*node, name_width, inner, out);
  }
  absl::StrAppend(out, inner, "return ", absl::StrJoin(graph.outputs(), ", ", append_reference), "\n", indent, "}\n");
}

}  // namespace

std::string Print(const Graph& graph) {
  std::string text;
  PrintGraph(graph, "", &text);
  return text;
}

}  // namespace lathe
