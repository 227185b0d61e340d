#include "engine/passes/canonical_form.h"

#include <map>
#include <unordered_map>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace lathe {
namespace {

// How many times each node is read, a node that reads another twice counted twice.
std::unordered_map<const Node*, int> CountReads(const Graph& body) {
  std::unordered_map<const Node*, int> reads;
  for (const Node* node : body.nodes()) {
    for (const Node* input : node->inputs()) ++reads[input];
  }
  return reads;
}

class FormPrinter {
 public:
  explicit FormPrinter(const Graph& body) : reads_(CountReads(body)) {}

  // Recursion is as deep as the body, which is small.
  std::string Expression(const Node* node) {
    if (node->op() == Op::kInput) return node->name();
    if (node->op() == Op::kConstant) return node->source()->text();
    const auto named = names_.find(node);
    if (named != names_.end()) return named->second;
    if (reads_[node] < 2) return Call(*node);
    const std::string name = absl::StrCat("$", names_.size());
    names_[node] = name;
    return absl::StrCat(name, " = ", Call(*node));
  }

 private:
  std::string Call(const Node& node) {
    std::vector<std::string> parts;
    for (const Node* input : node.inputs()) parts.push_back(Expression(input));
    for (const auto& [name, value] : node.attributes().values()) {
      if (const std::string* word = std::get_if<std::string>(&value)) parts.push_back(*word);
    }
    return absl::StrCat(Name(node.op()), "(", absl::StrJoin(parts, ", "), ")");
  }

  std::unordered_map<const Node*, int> reads_;
  std::unordered_map<const Node*, std::string> names_;
};

}  // namespace

std::string CanonicalForm(const Graph& body) { return FormPrinter(body).Expression(body.outputs()[0]); }

}  // namespace lathe
