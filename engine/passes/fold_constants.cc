#include "engine/passes/fold_constants.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "engine/base/status_macros.h"

namespace lathe {
namespace {

// Below this a constant may grow (a scalar that is broadcast to a row, say): nothing to save.
constexpr int64_t kSmallBytes = 4096;
// A text holds each constant it is made from, so this also bounds the work of reading one: a chain that doubles a value
// n times would otherwise have a text, and a cost, of 2^n.
constexpr size_t kTextMax = 4096;
constexpr int64_t kLiteralElementsMax = 16;  // As the text form has it.

// The result of one op on other sources.
class ExpressionSource final : public ConstantSource {
 public:
  ExpressionSource(Op op, std::vector<std::shared_ptr<const ConstantSource>> inputs, Attributes attributes,
                   std::string text)
      : op_(op), inputs_(std::move(inputs)), attributes_(std::move(attributes)), text_(std::move(text)) {}

  absl::StatusOr<Tensor> Read() const override {
    std::vector<Tensor> tensors;
    for (const auto& input : inputs_) {
      ASSIGN_OR_RETURN(Tensor tensor, input->Read());
      tensors.push_back(std::move(tensor));
    }
    return Annotate(Info(op_).evaluate({tensors, attributes_, Extents{}}), text_);
  }
  std::string text() const override { return text_; }

 private:
  Op op_;
  std::vector<std::shared_ptr<const ConstantSource>> inputs_;
  Attributes attributes_;
  std::string text_;
};

absl::string_view Unquoted(absl::string_view text) {
  if (absl::ConsumePrefix(&text, "\"")) absl::ConsumeSuffix(&text, "\"");
  return text;
}

bool IsZero(const Attribute& attribute) {
  return std::holds_alternative<int64_t>(attribute) && std::get<int64_t>(attribute) == 0;
}

// "concat(a.weight, b.weight)", "slice(w, begin = 4, end = 8)"; integers that are 0 are left out.
std::string ExpressionText(Op op, absl::Span<Node* const> inputs, const Attributes& attributes) {
  std::vector<std::string> parts;
  for (const Node* input : inputs) parts.emplace_back(Unquoted(input->source()->text()));
  for (const auto& [name, value] : attributes.values()) {
    if (!IsZero(value)) parts.push_back(absl::StrCat(name, " = ", ToString(value)));
  }
  return absl::StrCat("\"", Name(op), "(", absl::StrJoin(parts, ", "), ")\"");
}

int64_t Bytes(const Type& type) { return ElementCount(type.shape).constant * SizeOf(type.dtype); }

// An embedding fails on an id outside its table, and a fusion is made after everything that could be folded was.
bool HasFoldableOp(Op op) {
  const OpTrait trait = Info(op).trait;
  return trait != OpTrait::kLeaf && trait != OpTrait::kRagged && op != Op::kEmbedding && op != Op::kFusion;
}

absl::StatusOr<Type> TypeOf(Op op, absl::Span<Node* const> inputs, const Attributes& attributes) {
  std::vector<Type> types;
  for (const Node* input : inputs) types.push_back(input->type());
  return InferType(op, types, attributes);
}

}  // namespace

bool IsLiteral(const ConstantSource& source) {
  const std::string text = source.text();
  return !text.empty() && text[0] != '"';
}

bool CanFold(Op op, absl::Span<Node* const> inputs, const Attributes& attributes) {
  const auto is_constant = [](const Node* input) { return input->op() == Op::kConstant; };
  if (!HasFoldableOp(op) || !std::all_of(inputs.begin(), inputs.end(), is_constant)) return false;
  int64_t input_bytes = 0;
  size_t text_size = 0;
  for (const Node* input : inputs) {
    input_bytes += Bytes(input->type());
    text_size += input->source()->text().size();
  }
  if (text_size > kTextMax) return false;
  const absl::StatusOr<Type> type = TypeOf(op, inputs, attributes);
  return type.ok() && Bytes(*type) <= std::max(input_bytes, kSmallBytes);
}

absl::StatusOr<Node*> AddFolded(Graph& graph, Op op, absl::Span<Node* const> inputs, const Attributes& attributes,
                                absl::string_view name) {
  ASSIGN_OR_RETURN(Type type, TypeOf(op, inputs, attributes));
  std::vector<std::shared_ptr<const ConstantSource>> sources;
  for (const Node* input : inputs) sources.push_back(input->source());
  const bool literal = ElementCount(type.shape).constant <= kLiteralElementsMax &&
                       std::all_of(sources.begin(), sources.end(), [](const auto& s) { return IsLiteral(*s); });
  auto source =
      std::make_shared<ExpressionSource>(op, std::move(sources), attributes, ExpressionText(op, inputs, attributes));
  if (!literal) return graph.AddConstant(std::move(type), std::move(source), name);
  ASSIGN_OR_RETURN(Tensor tensor, source->Read());
  return graph.AddConstant(std::move(type), MakeConstantSource(std::move(tensor)), name);
}

absl::StatusOr<bool> FoldConstants(Graph& graph) {
  bool changed = false;
  for (Node* node : graph.nodes()) {
    if (!CanFold(node->op(), node->inputs(), node->attributes())) continue;
    ASSIGN_OR_RETURN(Node* const folded,
                     AddFolded(graph, node->op(), node->inputs(), node->attributes(), node->name()));
    graph.ReplaceUses(node, folded);
    changed = true;
  }
  graph.Clean();
  return changed;
}

}  // namespace lathe
