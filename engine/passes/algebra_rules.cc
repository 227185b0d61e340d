#include "engine/passes/algebra_rules.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "engine/base/status_macros.h"
#include "engine/passes/expression.h"
#include "engine/passes/readers.h"

namespace lathe {
namespace {

// Columns [begin, end) of the columns that the inner slice takes.
Attributes SliceOfSlice(const Node& root) {
  const int64_t shift = root.input(0)->attributes().Int("begin");
  return {{"begin", root.attributes().Int("begin") + shift}, {"end", root.attributes().Int("end") + shift}};
}

constexpr Rounding kSame = Rounding::kSame;
constexpr Rounding kDiffers = Rounding::kDiffers;
constexpr InnerReaders kAny = InnerReaders::kAny;
constexpr InnerReaders kOne = InnerReaders::kOne;

constexpr AlgebraRule kRules[] = {
    // Constants stand on the right, so that the rows below need one order only.
    {"add(w, v)", "add(v, w)"},
    {"mul(w, v)", "mul(v, w)"},

    // Neutral elements.
    {"add(x, 0)", "x"},
    {"sub(x, 0)", "x"},
    {"mul(x, 1)", "x"},
    {"div(x, 1)", "x"},
    {"maximum(x, x)", "x"},
    {"minimum(x, x)", "x"},
    {"select(x, y, y)", "y"},

    // Signs.
    {"mul(x, -1)", "neg(x)"},
    {"neg(neg(x))", "x"},
    {"neg(sub(x, y))", "sub(y, x)"},
    {"add(x, neg(y))", "sub(x, y)"},
    {"add(neg(x), y)", "sub(y, x)"},
    {"sub(x, neg(y))", "add(x, y)"},
    {"mul(neg(x), neg(y))", "mul(x, y)"},
    {"div(neg(x), neg(y))", "div(x, y)"},
    {"abs(neg(x))", "abs(x)"},
    {"abs(abs(x))", "abs(x)"},
    {"relu(relu(x))", "relu(x)"},

    // Elements that stay where they are: the same type says that nothing is cut, joined or converted.
    {"slice(x)", "x"},
    {"concat(x)", "x"},
    {"reshape(x)", "x"},
    {"cast(x)", "x"},
    {"reshape(reshape(x))", "reshape(x)"},
    {"slice(slice(x))", "slice(x)", kSame, kAny, SliceOfSlice},

    // Scales move into constants, and biases into their linear.
    {"mul(mul(v, c), d)", "mul(v, mul(c, d))", kDiffers, kOne},
    {"mul(linear(x, w), c)", "linear(x, mul(w, c))", kDiffers, kOne},
    {"mul(linear(x, w, b), c)", "linear(x, mul(w, c), mul(b, c))", kDiffers, kOne},
    {"add(linear(x, w), y)", "linear(x, w, y)", kDiffers, kOne},
    {"add(y, linear(x, w))", "linear(x, w, y)", kDiffers, kOne},

    // Activations that are written out, with the square root of 2 or of 1/2 rounded to f32. Source: Elfwing et al.
    // 2017, arXiv 1702.03118 (silu); Hendrycks and Gimpel 2016, arXiv 1606.08415 (gelu).
    {"mul(x, sigmoid(x))", "silu(x)", kDiffers, kOne},
    {"mul(sigmoid(x), x)", "silu(x)", kDiffers, kOne},
    {"mul(mul(x, 0.5), add(erf(div(x, 1.41421356)), 1))", "gelu(x)", kDiffers, kOne},
    {"mul(mul(x, 0.5), add(erf(mul(x, 0.70710678)), 1))", "gelu(x)", kDiffers, kOne},
    {"mul(mul(x, add(erf(div(x, 1.41421356)), 1)), 0.5)", "gelu(x)", kDiffers, kOne},
    {"mul(mul(x, add(erf(mul(x, 0.70710678)), 1)), 0.5)", "gelu(x)", kDiffers, kOne},
};

struct ParsedRule {
  const AlgebraRule* rule;
  Expression before;
  Expression after;
};

absl::StatusOr<std::vector<ParsedRule>> ParseRules(absl::Span<const AlgebraRule> rules) {
  std::vector<ParsedRule> parsed;
  for (const AlgebraRule& rule : rules) {
    ASSIGN_OR_RETURN(Expression before, ParseExpression(rule.before));
    ASSIGN_OR_RETURN(Expression after, ParseExpression(rule.after));
    parsed.push_back({&rule, std::move(before), std::move(after)});
  }
  return parsed;
}

bool ReadersFit(const AlgebraRule& rule, const Match& match, const Readers& readers) {
  if (rule.inner == InnerReaders::kAny) return true;
  return std::all_of(match.inner.begin(), match.inner.end(),
                     [&](const Node* node) { return readers.Sole(node) != nullptr; });
}

AttributeChoice AttributesOf(const AlgebraRule& rule, const Node& root) {
  return [&](Op op) {
    if (op != root.op()) return Attributes();
    return rule.attributes != nullptr ? rule.attributes(root) : root.attributes();
  };
}

// What `root` becomes by the rule; null where the rule does not fire.
absl::StatusOr<Node*> Rewrite(const ParsedRule& parsed, Node* root, const Readers& readers, Graph& graph) {
  Match match;
  if (!Matches(parsed.before, root, &match) || !ReadersFit(*parsed.rule, match, readers)) return nullptr;
  const AttributeChoice attributes = AttributesOf(*parsed.rule, *root);
  const absl::StatusOr<Type> type = TypeOf(parsed.after, match.values, attributes);
  if (!type.ok() || *type != root->type()) return nullptr;
  return Build(parsed.after, match.values, attributes, graph);
}

// Applies the first rule that fires.
absl::StatusOr<bool> RewriteByAny(absl::Span<const ParsedRule> rules, Node* root, const Readers& readers,
                                  Graph& graph) {
  for (const ParsedRule& rule : rules) {
    ASSIGN_OR_RETURN(Node* const rewritten, Rewrite(rule, root, readers, graph));
    if (rewritten == nullptr) continue;
    graph.ReplaceUses(root, rewritten);
    return true;
  }
  return false;
}

}  // namespace

absl::Span<const AlgebraRule> AlgebraRules() { return kRules; }

absl::StatusOr<bool> ApplyRules(absl::Span<const AlgebraRule> rules, Graph& graph) {
  ASSIGN_OR_RETURN(const std::vector<ParsedRule> parsed, ParseRules(rules));
  const Readers readers(graph);  // Of the graph before the walk: what is stale here costs an operation, never a result.
  bool changed = false;
  for (Node* root : graph.nodes()) {
    ASSIGN_OR_RETURN(const bool rewritten, RewriteByAny(parsed, root, readers, graph));
    changed = changed || rewritten;
  }
  graph.Clean();
  return changed;
}

}  // namespace lathe
