// The algebra that simplify knows, as a table of rules: simplify applies each row, and the property test compares both
// sides of each row on random values, NaN and infinities among them.
//
// What is legal: a rule may change the sign of a zero and nothing else (kSame), or round elsewhere (kDiffers). So x * 0
// is not 0 and x - x is not 0, which a NaN or an infinity would tell apart, and sums are never put in another order,
// where terms could cancel.
#ifndef LATHE_ENGINE_PASSES_ALGEBRA_RULES_H_
#define LATHE_ENGINE_PASSES_ALGEBRA_RULES_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/ir/graph.h"

namespace lathe {

enum class Rounding {
  kSame,     // Equal bit for bit, but for the sign of zeros.
  kDiffers,  // Other roundings of the same formula: a few units in the last place.
};

enum class InnerReaders {
  kAny,
  kOne,  // The nodes under the root, and what w and b stand for, are read by the root alone: else something would be
         // computed or held twice.
};

// A rule fires where a node has the form `before`, `after` has the node's type, and the readers are as it says.
// engine/passes/expression.h describes the forms. An op of `after` that is the root's op takes the root's attributes,
// or what `attributes` makes of them.
struct AlgebraRule {
  absl::string_view before;
  absl::string_view after;
  Rounding rounding = Rounding::kSame;
  InnerReaders inner = InnerReaders::kAny;
  Attributes (*attributes)(const Node& root) = nullptr;
};

absl::Span<const AlgebraRule> AlgebraRules();

// Applies the rules wherever they fit, walking the graph once. Returns whether one fired.
absl::StatusOr<bool> ApplyRules(absl::Span<const AlgebraRule> rules, Graph& graph);

}  // namespace lathe

#endif  // LATHE_ENGINE_PASSES_ALGEBRA_RULES_H_
