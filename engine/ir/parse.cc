#include <cstdlib>
#include <limits>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/ir/lexer.h"
#include "engine/ir/text.h"

namespace lathe {
namespace {

// Keeps recursion and memory bounded whatever the text is.
constexpr int kFusionDepthMax = 8;
constexpr size_t kTextBytesMax = size_t{16} << 20;

// A constant whose elements nobody could look up when the text was read.
class UnresolvedSource final : public ConstantSource {
 public:
  explicit UnresolvedSource(absl::string_view name) : name_(name) {}
  absl::StatusOr<Tensor> Read() const override {
    return absl::FailedPreconditionError(
        absl::StrCat("constant \"", name_, "\" was read from text without its elements"));
  }
  std::string text() const override { return absl::StrCat("\"", name_, "\""); }

 private:
  std::string name_;
};

// The elements of a literal. i32 does not go through f32, which has no place for integers above 2^24.
Tensor MakeLiteral(DType dtype, const std::vector<int64_t>& shape, absl::Span<const double> values) {
  Tensor floats(DType::kF32, shape);
  Tensor integers(DType::kI32, shape);
  for (size_t i = 0; i < values.size(); ++i) {
    floats.mutable_data<float>()[i] = static_cast<float>(values[i]);
    integers.mutable_data<int32_t>()[i] = ToI32(values[i]);
  }
  return dtype == DType::kI32 ? integers : Cast(floats, dtype);
}

// Recursive descent over the tokens of one text. Each method reads one construct and leaves the next token current.
class Parser {
 public:
  Parser(absl::string_view text, const ConstantResolver& resolver) : lexer_(text), resolver_(resolver) {}

  absl::StatusOr<Graph> ParseText() {
    RETURN_IF_ERROR(Advance());
    ASSIGN_OR_RETURN(Graph graph, ParseGraph(0));
    if (token_.kind != TokenKind::kEnd) return Unexpected("the end of the text");
    return graph;
  }

 private:
  using Scope = std::map<std::string, Node*, std::less<>>;

  absl::Status Advance() {
    ASSIGN_OR_RETURN(token_, lexer_.Next());
    return absl::OkStatus();
  }

  absl::Status Unexpected(absl::string_view wanted) const {
    const std::string got =
        token_.kind == TokenKind::kEnd ? "the end of the text" : absl::StrCat("\"", token_.text, "\"");
    return ErrorAt(token_, absl::StrCat("got ", got, ", wanted ", wanted));
  }

  bool At(absl::string_view punctuation) const {
    return token_.kind == TokenKind::kPunctuation && token_.text == punctuation;
  }

  // Steps over `punctuation` if it is there.
  absl::StatusOr<bool> Accept(absl::string_view punctuation) {
    if (!At(punctuation)) return false;
    RETURN_IF_ERROR(Advance());
    return true;
  }

  absl::Status Expect(absl::string_view punctuation) {
    if (!At(punctuation)) return Unexpected(absl::StrCat("\"", punctuation, "\""));
    return Advance();
  }

  absl::StatusOr<std::string> Take(TokenKind kind, absl::string_view wanted) {
    if (token_.kind != kind) return Unexpected(wanted);
    std::string text(token_.text);
    RETURN_IF_ERROR(Advance());
    return text;
  }

  absl::Status ExpectWord(absl::string_view word) {
    if (token_.kind != TokenKind::kWord || token_.text != word) return Unexpected(word);
    return Advance();
  }

  absl::StatusOr<int64_t> ParseInt() {
    int64_t value = 0;
    if (token_.kind != TokenKind::kNumber || !absl::SimpleAtoi(token_.text, &value)) return Unexpected("an integer");
    RETURN_IF_ERROR(Advance());
    return value;
  }

  // One of "768", "T", "N", "2*T".
  absl::StatusOr<Dim> ParseTerm() {
    int64_t factor = 1;
    if (token_.kind == TokenKind::kNumber) {
      ASSIGN_OR_RETURN(factor, ParseInt());
      // Far above any real size, far below overflow when terms add up.
      if (factor < 0 || factor > (int64_t{1} << 31)) return Unexpected("a dimension from 0 to 2147483648 before this");
      ASSIGN_OR_RETURN(const bool times, Accept("*"));
      if (!times) return Dim(factor);
    }
    if (token_.kind != TokenKind::kWord || (token_.text != "T" && token_.text != "N")) {
      return Unexpected("a number, T or N");
    }
    const Dim symbol = token_.text == "T" ? Dim::T() : Dim::N();
    RETURN_IF_ERROR(Advance());
    return symbol * factor;
  }

  absl::StatusOr<Dim> ParseDim() {
    ASSIGN_OR_RETURN(Dim dim, ParseTerm());
    for (int terms = 1; At("+"); ++terms) {
      if (terms == 3) return Unexpected("at most three terms");
      RETURN_IF_ERROR(Advance());
      ASSIGN_OR_RETURN(const Dim term, ParseTerm());
      dim = dim + term;
    }
    return dim;
  }

  absl::StatusOr<Shape> ParseShape() {
    Shape shape;
    RETURN_IF_ERROR(Expect("["));
    while (!At("]")) {
      if (!shape.empty()) RETURN_IF_ERROR(Expect(","));
      ASSIGN_OR_RETURN(const Dim dim, ParseDim());
      shape.push_back(dim);
    }
    RETURN_IF_ERROR(Advance());
    return shape;
  }

  absl::StatusOr<Type> ParseType() {
    const Token at = token_;
    const std::optional<DType> dtype = ParseDType(token_.text);
    if (token_.kind != TokenKind::kWord || !dtype.has_value()) return Unexpected("a type such as f32[T, 768]");
    RETURN_IF_ERROR(Advance());
    ASSIGN_OR_RETURN(Shape shape, ParseShape());
    Type type{*dtype, std::move(shape)};
    const absl::Status status = CheckType(type);
    if (!status.ok()) return ErrorAt(at, status.message());
    return type;
  }

  absl::StatusOr<Attribute> ParseAttribute() {
    if (token_.kind == TokenKind::kWord) {
      ASSIGN_OR_RETURN(std::string word, Take(TokenKind::kWord, "a word"));
      return Attribute(std::move(word));
    }
    if (At("[")) {
      ASSIGN_OR_RETURN(Shape shape, ParseShape());
      return Attribute(std::move(shape));
    }
    int64_t integer = 0;
    if (token_.kind == TokenKind::kNumber && absl::SimpleAtoi(token_.text, &integer)) {
      RETURN_IF_ERROR(Advance());
      return Attribute(integer);
    }
    ASSIGN_OR_RETURN(const double number, ParseNumber());
    return Attribute(number);
  }

  absl::StatusOr<double> ParseNumber() {
    double value = 0;
    const bool number = token_.kind == TokenKind::kNumber || token_.kind == TokenKind::kWord;
    if (!number || !absl::SimpleAtod(token_.text, &value)) return Unexpected("a number");
    RETURN_IF_ERROR(Advance());
    return value;
  }

  absl::StatusOr<Attributes> ParseAttributes() {
    Attributes attributes;
    ASSIGN_OR_RETURN(const bool any, Accept("{"));
    if (!any) return attributes;
    while (!At("}")) {
      if (!attributes.empty()) RETURN_IF_ERROR(Expect(","));
      ASSIGN_OR_RETURN(const std::string name, Take(TokenKind::kWord, "the name of an attribute"));
      if (attributes.values().count(name) != 0) return Unexpected(absl::StrCat("attribute ", name, " once"));
      RETURN_IF_ERROR(Expect("="));
      ASSIGN_OR_RETURN(Attribute value, ParseAttribute());
      attributes.Set(name, std::move(value));
    }
    RETURN_IF_ERROR(Advance());
    return attributes;
  }

  absl::StatusOr<Node*> ParseOperand(const Scope& scope) {
    if (token_.kind != TokenKind::kValue) return Unexpected("a value such as %x");
    const auto found = scope.find(std::string(token_.text));
    if (found == scope.end()) return ErrorAt(token_, absl::StrCat("%", token_.text, " is not defined above"));
    RETURN_IF_ERROR(Advance());
    return found->second;
  }

  absl::StatusOr<std::vector<Node*>> ParseOperands(const Scope& scope) {
    std::vector<Node*> operands;
    RETURN_IF_ERROR(Expect("("));
    while (!At(")")) {
      if (!operands.empty()) RETURN_IF_ERROR(Expect(","));
      ASSIGN_OR_RETURN(Node* const operand, ParseOperand(scope));
      operands.push_back(operand);
    }
    RETURN_IF_ERROR(Advance());
    return operands;
  }

  // The elements of a constant, written out: one number for a scalar, else a flat list in brackets.
  absl::StatusOr<std::shared_ptr<const ConstantSource>> ParseLiteral(const Type& type) {
    std::vector<int64_t> shape;
    for (const Dim& dim : type.shape) {
      if (!dim.is_constant() || dim.constant > 16)
        return Unexpected("a name in quotes: a literal has at most 16 elements");
      shape.push_back(dim.constant);
    }
    std::vector<double> values;
    const bool list = At("[");
    if (list) RETURN_IF_ERROR(Advance());
    while (!list || !At("]")) {
      if (!values.empty()) RETURN_IF_ERROR(Expect(","));
      ASSIGN_OR_RETURN(const double value, ParseNumber());
      values.push_back(value);
      if (!list || values.size() > 16) break;
    }
    if (list) RETURN_IF_ERROR(Expect("]"));
    int64_t size = 1;
    for (const int64_t dim : shape) size = std::min<int64_t>(size * dim, 17);
    if (static_cast<int64_t>(values.size()) != size || size > 16) {
      return Unexpected(absl::StrCat(size, " elements before this"));
    }
    return MakeConstantSource(MakeLiteral(type.dtype, shape, values));
  }

  absl::StatusOr<std::shared_ptr<const ConstantSource>> ParseSource(const Type& type) {
    if (token_.kind != TokenKind::kString) return ParseLiteral(type);
    const Token at = token_;
    RETURN_IF_ERROR(Advance());
    if (resolver_ == nullptr) return std::make_shared<UnresolvedSource>(at.text);
    absl::StatusOr<std::shared_ptr<const ConstantSource>> source = resolver_(at.text, type);
    if (!source.ok()) return ErrorAt(at, source.status().message());
    return source;
  }

  // What stands behind "%name = ".
  absl::StatusOr<Node*> ParseDefinition(absl::string_view name, const Scope& scope, int depth, Graph* graph) {
    const Token at = token_;
    const std::optional<Op> op = ParseOp(token_.text);
    if (token_.kind != TokenKind::kWord || !op.has_value() || *op == Op::kInput) return Unexpected("an op");
    RETURN_IF_ERROR(Advance());
    if (*op == Op::kConstant) {
      ASSIGN_OR_RETURN(const Type type, ParseType());
      ASSIGN_OR_RETURN(auto source, ParseSource(type));
      return graph->AddConstant(type, std::move(source), name);
    }
    ASSIGN_OR_RETURN(std::vector<Node*> operands, ParseOperands(scope));
    ASSIGN_OR_RETURN(Attributes attributes, ParseAttributes());
    RETURN_IF_ERROR(Expect(":"));
    ASSIGN_OR_RETURN(const Type type, ParseType());
    absl::StatusOr<Node*> node = nullptr;
    if (*op == Op::kFusion) {
      const absl::Status signature = CheckSignature(Op::kFusion, operands.size(), attributes);
      if (!signature.ok()) return ErrorAt(at, signature.message());
      if (depth == kFusionDepthMax) return ErrorAt(at, "fusions nested more than 8 deep");
      RETURN_IF_ERROR(Expect("{"));
      ASSIGN_OR_RETURN(Graph body, ParseGraph(depth + 1));
      RETURN_IF_ERROR(Expect("}"));
      node = graph->AddFusion(std::move(operands), attributes.Word("kind"), std::move(body), name);
    } else {
      node = graph->Add(*op, std::move(operands), std::move(attributes), name);
    }
    if (!node.ok()) return ErrorAt(at, node.status().message());
    if ((*node)->type() != type) {
      return ErrorAt(at, absl::StrCat("%", name, ": is ", (*node)->type().ToString(), ", written ", type.ToString()));
    }
    return node;
  }

  absl::Status Define(Scope* scope, absl::string_view name, Node* node, const Token& at) {
    if (!scope->emplace(std::string(name), node).second) {
      return ErrorAt(at, absl::StrCat("%", name, " is defined twice"));
    }
    return absl::OkStatus();
  }

  absl::Status ParseInputs(Graph* graph, Scope* scope) {
    RETURN_IF_ERROR(Expect("("));
    while (!At(")")) {
      if (!scope->empty()) RETURN_IF_ERROR(Expect(","));
      const Token at = token_;
      ASSIGN_OR_RETURN(const std::string name, Take(TokenKind::kValue, "an input such as %x: f32[T, 8]"));
      RETURN_IF_ERROR(Expect(":"));
      ASSIGN_OR_RETURN(Type type, ParseType());
      RETURN_IF_ERROR(Define(scope, name, graph->AddInput(name, std::move(type)), at));
    }
    return Advance();
  }

  absl::StatusOr<std::vector<Type>> ParseOutputTypes() {
    RETURN_IF_ERROR(Expect("->"));
    std::vector<Type> types;
    do {
      if (!types.empty()) RETURN_IF_ERROR(Advance());
      ASSIGN_OR_RETURN(Type type, ParseType());
      types.push_back(std::move(type));
    } while (At(","));
    return types;
  }

  absl::StatusOr<std::vector<Node*>> ParseReturn(const Scope& scope, absl::Span<const Type> types) {
    const Token at = token_;
    RETURN_IF_ERROR(ExpectWord("return"));
    std::vector<Node*> outputs;
    do {
      if (!outputs.empty()) RETURN_IF_ERROR(Advance());
      ASSIGN_OR_RETURN(Node* const output, ParseOperand(scope));
      outputs.push_back(output);
    } while (At(","));
    for (size_t i = 0; i < std::max(types.size(), outputs.size()); ++i) {
      if (i >= types.size() || i >= outputs.size() || outputs[i]->type() != types[i]) {
        return ErrorAt(at, "the values returned do not have the types that the graph's head names");
      }
    }
    return outputs;
  }

  absl::StatusOr<Graph> ParseGraph(int depth) {
    RETURN_IF_ERROR(ExpectWord("graph"));
    ASSIGN_OR_RETURN(const std::string name, Take(TokenKind::kSymbol, "a graph's name such as @tiny"));
    Graph graph(name);
    Scope scope;
    RETURN_IF_ERROR(ParseInputs(&graph, &scope));
    ASSIGN_OR_RETURN(const std::vector<Type> types, ParseOutputTypes());
    RETURN_IF_ERROR(Expect("{"));
    while (token_.kind == TokenKind::kValue) {
      const Token at = token_;
      RETURN_IF_ERROR(Advance());
      RETURN_IF_ERROR(Expect("="));
      ASSIGN_OR_RETURN(Node* const node, ParseDefinition(at.text, scope, depth, &graph));
      RETURN_IF_ERROR(Define(&scope, at.text, node, at));
    }
    ASSIGN_OR_RETURN(std::vector<Node*> outputs, ParseReturn(scope, types));
    graph.SetOutputs(std::move(outputs));
    RETURN_IF_ERROR(Expect("}"));
    return graph;
  }

  Lexer lexer_;
  const ConstantResolver& resolver_;
  Token token_;
};

}  // namespace

absl::StatusOr<Graph> Parse(absl::string_view text, const ConstantResolver& resolver) {
  if (text.size() > kTextBytesMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("graph text of ", text.size(), " bytes, wanted at most ", kTextBytesMax));
  }
  ASSIGN_OR_RETURN(Graph graph, Parser(text, resolver).ParseText());
  RETURN_IF_ERROR(Verify(graph));
  return graph;
}

}  // namespace lathe
