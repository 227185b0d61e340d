#include "engine/passes/expression.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "engine/base/status_macros.h"
#include "engine/passes/fold_constants.h"

namespace lathe {
namespace {

constexpr absl::string_view kNames = "xyzvwbcd";

bool IsWord(char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)) || absl::StrContains("_.-", c); }

// Takes the longest word off the front of `text`.
absl::string_view TakeWord(absl::string_view* text) {
  const auto end = std::find_if_not(text->begin(), text->end(), IsWord);
  const absl::string_view word = text->substr(0, static_cast<size_t>(end - text->begin()));
  text->remove_prefix(word.size());
  return word;
}

absl::StatusOr<Expression> TakeExpression(absl::string_view* text);

absl::StatusOr<Expression> TakeCall(Op op, absl::string_view* text) {
  Expression call;
  call.kind = Expression::Kind::kOp;
  call.op = op;
  do {
    ASSIGN_OR_RETURN(Expression operand, TakeExpression(text));
    call.operands.push_back(std::move(operand));
  } while (absl::ConsumePrefix(text, ", "));
  if (!absl::ConsumePrefix(text, ")")) return absl::InvalidArgumentError(absl::StrCat("\"", *text, "\": wanted )"));
  return call;
}

absl::StatusOr<Expression> TakeExpression(absl::string_view* text) {
  const absl::string_view word = TakeWord(text);
  if (absl::ConsumePrefix(text, "(")) {
    const std::optional<Op> op = ParseOp(word);
    if (!op.has_value()) return absl::InvalidArgumentError(absl::StrCat("\"", word, "\": wanted an op"));
    return TakeCall(*op, text);
  }
  Expression leaf;
  if (word.size() == 1 && absl::StrContains(kNames, word)) {
    leaf.name = word[0];
    return leaf;
  }
  leaf.kind = Expression::Kind::kNumber;
  if (!absl::SimpleAtof(word, &leaf.number)) {
    return absl::InvalidArgumentError(absl::StrCat("\"", word, "\": wanted a number or one of ", kNames));
  }
  return leaf;
}

bool IsConstant(const Node& node) { return node.op() == Op::kConstant; }

bool MayStandFor(char name, const Node& node) {
  switch (name) {
    case 'v':
      return !IsConstant(node);
    case 'w':
    case 'b':
      return IsConstant(node);
    case 'c':
    case 'd':
      return IsConstant(node) && node.type() == Type{DType::kF32, {}};
    default:
      return true;
  }
}

bool MatchesName(char name, Node* node, Match* match) {
  if (!MayStandFor(name, *node)) return false;
  if (name == 'w' || name == 'b') match->inner.push_back(node);
  return match->values.emplace(name, node).first->second == node;
}

bool MatchesNumber(float number, const Node& node) {
  if (!IsConstant(node) || !IsLiteral(*node.source()) || node.type().dtype != DType::kF32) return false;
  const absl::StatusOr<Tensor> tensor = node.source()->Read();
  if (!tensor.ok()) return false;
  const absl::Span<const float> elements = tensor->data<float>();
  return std::all_of(elements.begin(), elements.end(), [&](float element) { return element == number; });
}

bool MatchesOperands(const Expression& expression, const Node& node, Match* match) {
  if (node.op() != expression.op || node.inputs().size() != expression.operands.size()) return false;
  for (size_t i = 0; i < expression.operands.size(); ++i) {
    if (expression.operands[i].kind == Expression::Kind::kOp) match->inner.push_back(node.input(i));
    if (!Matches(expression.operands[i], node.input(i), match)) return false;
  }
  return true;
}

}  // namespace

absl::StatusOr<Expression> ParseExpression(absl::string_view text) {
  absl::string_view rest = text;
  ASSIGN_OR_RETURN(Expression expression, Annotate(TakeExpression(&rest), text));
  if (!rest.empty()) return absl::InvalidArgumentError(absl::StrCat(text, ": \"", rest, "\" is left over"));
  return expression;
}

bool Matches(const Expression& expression, Node* node, Match* match) {
  switch (expression.kind) {
    case Expression::Kind::kOp:
      return MatchesOperands(expression, *node, match);
    case Expression::Kind::kName:
      return MatchesName(expression.name, node, match);
    case Expression::Kind::kNumber:
      return MatchesNumber(expression.number, *node);
  }
  return false;
}

absl::StatusOr<Type> TypeOf(const Expression& expression, const std::map<char, Node*>& values,
                            const AttributeChoice& attributes) {
  if (expression.kind == Expression::Kind::kName) return values.at(expression.name)->type();
  if (expression.kind == Expression::Kind::kNumber) return Type{DType::kF32, {}};
  std::vector<Type> types;
  for (const Expression& operand : expression.operands) {
    ASSIGN_OR_RETURN(Type type, TypeOf(operand, values, attributes));
    types.push_back(std::move(type));
  }
  return InferType(expression.op, types, attributes(expression.op));
}

absl::StatusOr<Node*> Build(const Expression& expression, const std::map<char, Node*>& values,
                            const AttributeChoice& attributes, Graph& graph) {
  if (expression.kind == Expression::Kind::kName) return values.at(expression.name);
  if (expression.kind == Expression::Kind::kNumber) {
    return graph.AddConstant(Type{DType::kF32, {}}, MakeConstantSource(Tensor::Of<float>({}, {expression.number})));
  }
  std::vector<Node*> inputs;
  for (const Expression& operand : expression.operands) {
    ASSIGN_OR_RETURN(Node* const input, Build(operand, values, attributes, graph));
    inputs.push_back(input);
  }
  Attributes chosen = attributes(expression.op);
  if (CanFold(expression.op, inputs, chosen)) return AddFolded(graph, expression.op, inputs, chosen);
  return graph.Add(expression.op, std::move(inputs), std::move(chosen));
}

}  // namespace lathe
