// Small expressions over ops, such as "mul(neg(x), neg(y))": both sides of an algebraic rule.
//
// A name stands for a value, the same one wherever it occurs. Its letter says which values it may be:
//   x y z  any value        v  a value that is no constant     w b  a constant     c d  a scalar constant
// A number stands for a constant, written out in the graph, of which every element is that number. It is never looked
// up in weights: they are not read before they are packed.
#ifndef LATHE_ENGINE_PASSES_EXPRESSION_H_
#define LATHE_ENGINE_PASSES_EXPRESSION_H_

#include <functional>
#include <map>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/ir/graph.h"

namespace lathe {

struct Expression {
  enum class Kind { kOp, kName, kNumber };
  Kind kind = Kind::kName;
  Op op = Op::kInput;
  char name = ' ';
  float number = 0;
  std::vector<Expression> operands;
};

// Errors: INVALID_ARGUMENT (an unknown op or name, or bad syntax).
absl::StatusOr<Expression> ParseExpression(absl::string_view text);

// What a match found.
struct Match {
  std::map<char, Node*> values;
  std::vector<Node*> inner;  // Nodes under the root that ops of the expression matched, and what w and b stand for.
};

// Whether `node` has the form of `expression`; then `match` says what stands for what.
bool Matches(const Expression& expression, Node* node, Match* match);

// Chooses attributes for an op of an expression.
using AttributeChoice = std::function<Attributes(Op op)>;

// The type that the expression has for these values. Errors: INVALID_ARGUMENT (the ops refuse them).
absl::StatusOr<Type> TypeOf(const Expression& expression, const std::map<char, Node*>& values,
                            const AttributeChoice& attributes);

// Adds the expression's nodes to `graph`; what depends on constants alone is folded where it can be.
// Requires: TypeOf gives a type.
absl::StatusOr<Node*> Build(const Expression& expression, const std::map<char, Node*>& values,
                            const AttributeChoice& attributes, Graph& graph);

}  // namespace lathe

#endif  // LATHE_ENGINE_PASSES_EXPRESSION_H_
