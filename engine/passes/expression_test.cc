#include "engine/passes/expression.h"

#include "engine/base/status_matchers.h"

namespace lathe {
namespace {

using ::testing::HasSubstr;

TEST(Expression, ReadsOpsNamesAndNumbers) {
  ASSERT_OK_AND_ASSIGN(const Expression expression, ParseExpression("mul(gelu_tanh(x), -0.5)"));
  EXPECT_EQ(expression.op, Op::kMul);
  ASSERT_EQ(expression.operands.size(), 2u);
  EXPECT_EQ(expression.operands[0].op, Op::kGeluTanh);
  EXPECT_EQ(expression.operands[0].operands[0].name, 'x');
  EXPECT_EQ(expression.operands[1].kind, Expression::Kind::kNumber);
  EXPECT_EQ(expression.operands[1].number, -0.5f);
}

TEST(Expression, ErrorsSayWhatWasWanted) {
  EXPECT_THAT(ParseExpression("mull(x, 1)"), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("wanted an op")));
  EXPECT_THAT(ParseExpression("q"), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("a number or one of")));
  EXPECT_THAT(ParseExpression("neg(x"), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("wanted )")));
  EXPECT_THAT(ParseExpression("neg(x))"), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("left over")));
}

TEST(Expression, ANameStandsForOneValue) {
  Graph graph("g");
  Node* a = graph.AddInput("a", Type{DType::kF32, {4}});
  Node* b = graph.AddInput("b", Type{DType::kF32, {4}});
  ASSERT_OK_AND_ASSIGN(Node * same, graph.Add(Op::kMaximum, {a, a}));
  ASSERT_OK_AND_ASSIGN(Node * different, graph.Add(Op::kMaximum, {a, b}));
  ASSERT_OK_AND_ASSIGN(const Expression expression, ParseExpression("maximum(x, x)"));
  Match match;
  EXPECT_TRUE(Matches(expression, same, &match));
  EXPECT_EQ(match.values.at('x'), a);
  Match none;
  EXPECT_FALSE(Matches(expression, different, &none));
}

TEST(Expression, ANumberIsAConstantThatIsWrittenOut) {
  Graph graph("g");
  const Type type{DType::kF32, {2}};
  const auto add = [&](float second, absl::string_view name) {
    return graph.AddConstant(type, MakeConstantSource(Tensor::Of<float>({2}, {1, second}), name));
  };
  ASSERT_OK_AND_ASSIGN(const Expression one, ParseExpression("1"));
  Match match;
  EXPECT_TRUE(Matches(one, add(1, ""), &match));
  EXPECT_FALSE(Matches(one, add(2, ""), &match));
  EXPECT_FALSE(Matches(one, add(1, "a.weight"), &match));
}

}  // namespace
}  // namespace lathe
