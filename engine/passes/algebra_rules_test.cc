// Every rule of the table against random values: a graph with the form `before` on random types, the same with the rule
// applied, and equal results, with NaN, infinities and zeros of both signs among the values.
#include "engine/passes/algebra_rules.h"

#include <cmath>
#include <limits>
#include <map>
#include <random>

#include "engine/base/status_matchers.h"
#include "engine/ir/evaluate.h"
#include "engine/passes/expression.h"
#include "engine/passes/pass_test_util.h"

namespace lathe {
namespace {

constexpr int kTries = 20000;
constexpr int kInstances = 25;
// kDiffers: a formula of a handful of f32 operations, each with an error of 2^-24 of a value that is at most a few
// times the result's scale.
constexpr double kTolerance = 16 / 16777216.0;

class Instances {
 public:
  explicit Instances(uint64_t seed) : random_(seed) {}

  // A graph that returns the expression on values of random types; fails if the types do not fit.
  absl::StatusOr<Graph> Make(const Expression& expression) {
    Graph graph("rule");
    std::map<char, Node*> values;
    AddValues(expression, graph, values);
    const AttributeChoice attributes = [this](Op op) { return RandomAttributes(op); };
    ASSIGN_OR_RETURN(Node* const root, BuildPlainly(expression, values, attributes, graph));
    graph.SetOutputs({root});
    RETURN_IF_ERROR(Verify(graph));
    return graph;
  }

 private:
  int64_t Below(int64_t limit) { return static_cast<int64_t>(random_() % static_cast<uint64_t>(limit)); }

  void AddValues(const Expression& expression, Graph& graph, std::map<char, Node*>& values) {
    for (const Expression& operand : expression.operands) AddValues(operand, graph, values);
    if (expression.kind == Expression::Kind::kName && values.count(expression.name) == 0) {
      values[expression.name] = MakeValue(expression.name, graph);
    }
  }

  Node* MakeValue(char name, Graph& graph) {
    const std::string label(1, name);
    if (name == 'c' || name == 'd') return AddConstant(Type{DType::kF32, {}}, graph);
    if (name == 'w' || name == 'b') return AddConstant(Type{DType::kF32, RandomConstantShape()}, graph);
    return graph.AddInput(label, RandomType());
  }

  Node* AddConstant(const Type& type, Graph& graph) {
    const std::string name = absl::StrCat("w", graph.nodes().size());
    return graph.AddConstant(type, MakeConstantSource(RandomTensor(type, {}, random_()), name));
  }

  Shape RandomConstantShape() {
    const Shape shapes[] = {{}, {4}, {3}, {3, 4}, {1, 4}};
    return shapes[Below(5)];
  }

  Type RandomType() {
    const Type types[] = {{DType::kF32, {Dim::T(), 4}}, {DType::kF32, {Dim::T(), 4}},
                          {DType::kF32, {Dim::T(), 1}}, {DType::kF32, {4}},
                          {DType::kF32, {3}},           {DType::kF32, {}},
                          {DType::kF32, {2, 4}},        {DType::kBool, {Dim::T(), 4}},
                          {DType::kI32, {Dim::T()}}};
    return types[Below(9)];
  }

  Attributes RandomAttributes(Op op) {
    const Shape shapes[] = {{Dim::T(), 4}, {Dim::T(), 2, 2}, {2, 4}, {8}, {4}};
    if (op == Op::kSlice) return {{"begin", Below(3)}, {"end", 1 + Below(4)}};
    if (op == Op::kConcat) return {{"axis", Below(2)}};
    if (op == Op::kReshape) return {{"shape", shapes[Below(5)]}};
    if (op == Op::kCast) return {{"to", std::string(Below(2) == 0 ? "f32" : "i32")}};
    return {};
  }

  // As Build, but folds nothing: the instance must look like the rule's left side.
  absl::StatusOr<Node*> BuildPlainly(const Expression& expression, const std::map<char, Node*>& values,
                                     const AttributeChoice& attributes, Graph& graph) {
    if (expression.kind != Expression::Kind::kOp) return Build(expression, values, attributes, graph);
    std::vector<Node*> inputs;
    for (const Expression& operand : expression.operands) {
      ASSIGN_OR_RETURN(Node* const input, BuildPlainly(operand, values, attributes, graph));
      inputs.push_back(input);
    }
    return graph.Add(expression.op, std::move(inputs), attributes(expression.op));
  }

  std::mt19937_64 random_;
};

// Puts special values into some elements of every f32 input.
std::vector<Tensor> WithSpecials(std::vector<Tensor> inputs) {
  constexpr float kSpecials[] = {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
                                 -std::numeric_limits<float>::infinity(), 0.0f, -0.0f};
  for (Tensor& input : inputs) {
    if (input.dtype() != DType::kF32) continue;
    for (int64_t i = 0; i < input.size(); i += 3) input.mutable_data<float>()[i] = kSpecials[i / 3 % 5];
  }
  return inputs;
}

void ExpectSameOnSpecials(const Graph& before, const Graph& after, uint64_t seed, double tolerance) {
  const std::vector<Tensor> inputs = WithSpecials(RandomInputs(before, {5, 2}, seed));
  ASSERT_OK_AND_ASSIGN(const std::vector<Tensor> wanted, Evaluate(before, inputs, {5, 2}));
  ASSERT_OK_AND_ASSIGN(const std::vector<Tensor> got, Evaluate(after, inputs, {5, 2}));
  ExpectSameTensor(wanted[0], got[0], tolerance);
}

class Rules : public testing::TestWithParam<size_t> {};

TEST_P(Rules, BothSidesAreEqual) {
  const AlgebraRule& rule = AlgebraRules()[GetParam()];
  SCOPED_TRACE(absl::StrCat(rule.before, " -> ", rule.after));
  ASSERT_OK_AND_ASSIGN(const Expression before, ParseExpression(rule.before));
  const double tolerance = rule.rounding == Rounding::kSame ? 0 : kTolerance;
  int fired = 0;
  for (uint64_t seed = 1; seed <= kTries && fired < kInstances && !HasFailure(); ++seed) {
    const absl::StatusOr<Graph> instance = Instances(seed).Make(before);
    if (!instance.ok()) continue;
    Graph after = instance->Clone();
    ASSERT_OK_AND_ASSIGN(const bool changed, ApplyRules({&rule, 1}, after));
    if (!changed) continue;
    ++fired;
    ASSERT_OK(Verify(after));
    ExpectSameResults(*instance, after, seed, tolerance);
    ExpectSameOnSpecials(*instance, after, seed, tolerance);
    if (HasFailure()) ADD_FAILURE() << "before:\n" << Print(*instance) << "after:\n" << Print(after);
  }
  EXPECT_EQ(fired, kInstances) << "random types made the rule fire too seldom";
}

INSTANTIATE_TEST_SUITE_P(Table, Rules, testing::Range<size_t>(0, AlgebraRules().size()));

}  // namespace
}  // namespace lathe
