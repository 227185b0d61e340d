// The reference evaluation of every op against values computed by hand or from the formula in closed form.
#include "engine/ir/evaluate.h"

#include <cmath>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/status_matchers.h"
#include "engine/ir/text.h"

namespace lathe {
namespace {

constexpr float kInf = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
// Expected values are written to about 8 digits; a reference rounds to f32 a few times.
constexpr double kTolerance = 4e-7;

struct Case {
  Op op;
  const char* inputs;  // As in a graph's head.
  const char* call;
  const char* type;
  std::vector<Tensor> values;  // T = 3, N = 2.
  Tensor wanted;
};

Tensor F(std::vector<int64_t> shape, const std::vector<float>& values) {
  return Tensor::Of<float>(std::move(shape), values);
}
Tensor I(const std::vector<int32_t>& values) {
  return Tensor::Of<int32_t>({static_cast<int64_t>(values.size())}, values);
}
Tensor S8(std::vector<int64_t> shape, const std::vector<int8_t>& values) {
  return Tensor::Of<int8_t>(std::move(shape), values);
}
Tensor Bool(std::vector<int64_t> shape, const std::vector<float>& values) {
  return Cast(F(std::move(shape), values), DType::kBool);
}
// Two sequences: the first of one token, the second of two.
Tensor Cu() { return I({0, 1, 3}); }

Case Unary(Op op, const char* call, const std::vector<float>& x, const std::vector<float>& y) {
  const int64_t size = static_cast<int64_t>(x.size());
  return {op,          size == 2 ? "%x: f32[2]" : "%x: f32[3]", call, size == 2 ? "f32[2]" : "f32[3]", {F({size}, x)},
          F({size}, y)};
}
Case Binary(Op op, const char* call, const std::vector<float>& y) {
  return {op, "%a: f32[2, 2], %b: f32[2]", call, "f32[2, 2]", {F({2, 2}, {1, 2, 3, 4}), F({2}, {2, 8})}, F({2, 2}, y)};
}

std::vector<Case> MovingCases() {
  return {
      {Op::kEmbedding,
       "%t: f32[2, 2], %i: i32[T]",
       "embedding(%t, %i)",
       "f32[T, 2]",
       {F({2, 2}, {1, 2, 3, 4}), I({1, 0, 1})},
       F({3, 2}, {3, 4, 1, 2, 3, 4})},
      {Op::kGatherFirst,
       "%x: f32[T, 2], %cu: i32[N+1]",
       "gather_first(%x, %cu)",
       "f32[N, 2]",
       {F({3, 2}, {1, 2, 3, 4, 5, 6}), Cu()},
       F({2, 2}, {1, 2, 3, 4})},
      {Op::kGatherLast,
       "%x: f32[T, 2], %cu: i32[N+1]",
       "gather_last(%x, %cu)",
       "f32[N, 2]",
       {F({3, 2}, {1, 2, 3, 4, 5, 6}), Cu()},
       F({2, 2}, {1, 2, 5, 6})},
      {Op::kSegmentMean,
       "%x: f32[T, 2], %cu: i32[N+1]",
       "segment_mean(%x, %cu)",
       "f32[N, 2]",
       {F({3, 2}, {1, 2, 3, 4, 5, 6}), Cu()},
       F({2, 2}, {1, 2, 4, 5})},
      {Op::kSlice,
       "%x: f32[2, 3]",
       "slice(%x) {begin = 1, end = 3}",
       "f32[2, 2]",
       {F({2, 3}, {1, 2, 3, 4, 5, 6})},
       F({2, 2}, {2, 3, 5, 6})},
      {Op::kConcat,
       "%a: f32[2, 1], %b: f32[2, 2]",
       "concat(%a, %b) {axis = 1}",
       "f32[2, 3]",
       {F({2, 1}, {1, 4}), F({2, 2}, {2, 3, 5, 6})},
       F({2, 3}, {1, 2, 3, 4, 5, 6})},
      {Op::kConcat,
       "%a: f32[1, 2], %b: f32[T, 2]",
       "concat(%a, %b) {axis = 0}",
       "f32[T+1, 2]",
       {F({1, 2}, {1, 2}), F({3, 2}, {3, 4, 5, 6, 7, 8})},
       F({4, 2}, {1, 2, 3, 4, 5, 6, 7, 8})},
      {Op::kReshape,
       "%x: f32[T, 4]",
       "reshape(%x) {shape = [2*T, 2]}",
       "f32[2*T, 2]",
       {F({3, 4}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})},
       F({6, 2}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})},
      {Op::kSelect,
       "%c: bool[2, 1], %a: f32[2, 2], %b: f32[]",
       "select(%c, %a, %b)",
       "f32[2, 2]",
       {Bool({2, 1}, {1, 0}), F({2, 2}, {1, 2, 3, 4}), F({}, {9})},
       F({2, 2}, {1, 2, 9, 9})},
      {Op::kCompare,
       "%a: f32[3], %b: f32[]",
       "compare(%a, %b) {is = le}",
       "bool[3]",
       {F({3}, {1, 2, kNan}), F({}, {1})},
       Bool({3}, {1, 0, 0})},
      {Op::kCompare,
       "%a: f32[3], %b: f32[]",
       "compare(%a, %b) {is = ne}",
       "bool[3]",
       {F({3}, {1, 2, kNan}), F({}, {1})},
       Bool({3}, {0, 1, 1})},
      {Op::kCast, "%x: f32[3]", "cast(%x) {to = s8}", "s8[3]", {F({3}, {-1.9f, 300, kNan})}, S8({3}, {-1, 127, 0})},
      // Halves round to the even neighbour; a row whose scale is 0 gives zeros.
      {Op::kQuantize,
       "%x: f32[2, 3], %s: f32[2, 1]",
       "quantize(%x, %s)",
       "s8[2, 3]",
       {F({2, 3}, {0.25f, -1, 100, 1, 2, 3}), F({2, 1}, {0.5f, 0})},
       S8({2, 3}, {0, -2, 127, 0, 0, 0})},
      {Op::kDequantize,
       "%x: s8[2, 2], %s: f32[2, 1]",
       "dequantize(%x, %s)",
       "f32[2, 2]",
       {S8({2, 2}, {1, -2, 3, 4}), F({2, 1}, {0.5f, 2})},
       F({2, 2}, {0.5f, -1, 6, 8})},
  };
}

std::vector<Case> ElementwiseCases() {
  return {
      Binary(Op::kAdd, "add(%a, %b)", {3, 10, 5, 12}),
      Binary(Op::kSub, "sub(%a, %b)", {-1, -6, 1, -4}),
      Binary(Op::kMul, "mul(%a, %b)", {2, 16, 6, 32}),
      Binary(Op::kDiv, "div(%a, %b)", {0.5f, 0.25f, 1.5f, 0.5f}),
      Binary(Op::kMaximum, "maximum(%a, %b)", {2, 8, 3, 8}),
      Binary(Op::kMinimum, "minimum(%a, %b)", {1, 2, 2, 4}),
      Unary(Op::kNeg, "neg(%x)", {1, -2, kInf}, {-1, 2, -kInf}),
      Unary(Op::kAbs, "abs(%x)", {1, -2, -kInf}, {1, 2, kInf}),
      Unary(Op::kExp, "exp(%x)", {0, 1, -kInf}, {1, 2.71828183f, 0}),
      Unary(Op::kLog, "log(%x)", {1, 2, -1}, {0, 0.69314718f, kNan}),
      Unary(Op::kRsqrt, "rsqrt(%x)", {4, 2, 0}, {0.5f, 0.70710678f, kInf}),
      Unary(Op::kTanh, "tanh(%x)", {0, 1, -kInf}, {0, 0.76159416f, -1}),
      Unary(Op::kErf, "erf(%x)", {0, 1, -0.5f}, {0, 0.84270079f, -0.52049988f}),
      Unary(Op::kGelu, "gelu(%x)", {0, 1, -1}, {0, 0.84134475f, -0.15865525f}),
      Unary(Op::kGeluTanh, "gelu_tanh(%x)", {0, 1, -1}, {0, 0.84119199f, -0.15880801f}),
      Unary(Op::kRelu, "relu(%x)", {-1, 2, kNan}, {0, 2, kNan}),
      Unary(Op::kSilu, "silu(%x)", {0, 1, -1}, {0, 0.73105858f, -0.26894142f}),
      Unary(Op::kSigmoid, "sigmoid(%x)", {0, 1, -kInf}, {0.5f, 0.73105858f, 0}),
  };
}

std::vector<Case> RowCases() {
  const float ln3 = std::log(3.0f);
  return {
      {Op::kLinear,
       "%x: f32[T, 2], %w: f32[1, 2], %b: f32[1]",
       "linear(%x, %w, %b)",
       "f32[T, 1]",
       {F({3, 2}, {1, 2, 3, 4, 5, 6}), F({1, 2}, {10, 1}), F({1}, {0.5f})},
       F({3, 1}, {12.5f, 34.5f, 56.5f})},
      {Op::kLinear,
       "%x: f32[2], %w: f32[3, 2]",
       "linear(%x, %w)",
       "f32[3]",
       {F({2}, {1, 2}), F({3, 2}, {1, 0, 0, 1, 1, 1})},
       F({3}, {1, 2, 3})},
      {Op::kMatmul,
       "%a: f32[2, 2], %b: f32[2, 3]",
       "matmul(%a, %b)",
       "f32[2, 3]",
       {F({2, 2}, {1, 2, 3, 4}), F({2, 3}, {1, 0, 2, 0, 1, 1})},
       F({2, 3}, {1, 2, 4, 3, 4, 10})},
      {Op::kSoftmax,
       "%x: f32[2, 2]",
       "softmax(%x)",
       "f32[2, 2]",
       {F({2, 2}, {0, ln3, 500, 500})},
       F({2, 2}, {0.25f, 0.75f, 0.5f, 0.5f})},
      // Mean 2, variance 1 + 3: the deviations -1 and 1 are halved.
      {Op::kLayerNorm,
       "%x: f32[1, 2], %g: f32[2], %b: f32[2]",
       "layer_norm(%x, %g, %b) {eps = 3}",
       "f32[1, 2]",
       {F({1, 2}, {1, 3}), F({2}, {2, 4}), F({2}, {10, 20})},
       F({1, 2}, {9, 22})},
      // The mean square is 12.5; with eps 3.5 the row is divided by 4.
      {Op::kRmsNorm,
       "%x: f32[1, 2], %g: f32[2]",
       "rms_norm(%x, %g) {eps = 3.5}",
       "f32[1, 2]",
       {F({1, 2}, {3, 4}), F({2}, {1, 2})},
       F({1, 2}, {0.75f, 2})},
      {Op::kReduce,
       "%x: f32[2, 3]",
       "reduce(%x) {kind = abs_max}",
       "f32[2, 1]",
       {F({2, 3}, {1, -5, 2, 0, 3, -1})},
       F({2, 1}, {5, 3})},
      {Op::kReduce,
       "%x: f32[2, 3]",
       "reduce(%x) {kind = mean}",
       "f32[2, 1]",
       {F({2, 3}, {1, -5, 1, 0, 3, 0})},
       F({2, 1}, {-1, 1})},
      // Positions 0 and 2 turn the first pair of a head of 4 by 0 and 2 radians, the second by a hundredth of that.
      {Op::kRope,
       "%x: f32[2, 4], %p: i32[2]",
       "rope(%x, %p) {head_dim = 4}",
       "f32[2, 4]",
       {F({2, 4}, {1, 2, 3, 4, 1, 1, 0, 0}), I({0, 2})},
       F({2, 4}, {1, 2, 3, 4, -0.41614684f, 0.99980001f, 0.90929743f, 0.01999867f})},
      // Token 0 sees itself; tokens 1 and 2 weigh 1 : 3 by the scores 0 and ln 3.
      {Op::kAttention,
       "%q: f32[T, 1], %k: f32[T, 1], %v: f32[T, 1], %cu: i32[N+1]",
       "attention(%q, %k, %v, %cu) {heads = 1, scale = 2.0}",
       "f32[T, 1]",
       {F({3, 1}, {7, 0.5f, 0.5f}), F({3, 1}, {9, 0, ln3}), F({3, 1}, {6, 4, 8}), Cu()},
       F({3, 1}, {6, 7, 7})},
      {Op::kAttention,
       "%q: f32[N, 1], %k: f32[T, 1], %v: f32[T, 1], %cu: i32[N+1]",
       "attention(%q, %k, %v, %cu) {causal = 1, heads = 1, query = first, scale = 2.0}",
       "f32[N, 1]",
       {F({2, 1}, {7, 0.5f}), F({3, 1}, {9, 0, ln3}), F({3, 1}, {6, 4, 8}), Cu()},
       F({2, 1}, {6, 4})},
      {Op::kFusion,
       "%x: f32[2]",
       "fusion(%x) {kind = loop} : f32[2] { graph @g(%a: f32[2]) -> f32[2] { %0 = neg(%a) : f32[2] return %0 } }",
       "",
       {F({2}, {1, 2})},
       F({2}, {-1, -2})},
  };
}

std::vector<Case> AllCases() {
  std::vector<Case> all;
  for (const auto& group : {MovingCases(), ElementwiseCases(), RowCases()}) {
    all.insert(all.end(), group.begin(), group.end());
  }
  return all;
}

void PrintTo(const Case& c, std::ostream* out) { *out << c.call; }

class EvaluateOp : public testing::TestWithParam<Case> {};

TEST_P(EvaluateOp, GivesTheValuesOfItsFormula) {
  const Case& c = GetParam();
  const bool fusion = c.op == Op::kFusion;  // Writes its type before its body.
  const std::string type = fusion ? "f32[2]" : c.type;
  const std::string text = absl::StrCat("graph @g(", c.inputs, ") -> ", type, " {\n  %y = ", c.call,
                                        fusion ? "" : absl::StrCat(" : ", type), "\n  return %y\n}");
  ASSERT_OK_AND_ASSIGN(const Graph graph, Parse(text));
  ASSERT_EQ(graph.outputs()[0]->op(), c.op);
  ASSERT_OK_AND_ASSIGN(const std::vector<Tensor> outputs, Evaluate(graph, c.values, {3, 2}));
  ASSERT_EQ(outputs[0].dtype(), c.wanted.dtype());
  ASSERT_EQ(outputs[0].shape(), c.wanted.shape());
  const Tensor got = Cast(outputs[0], DType::kF32);
  const Tensor wanted = Cast(c.wanted, DType::kF32);
  for (int64_t i = 0; i < wanted.size(); ++i) {
    const float expected = wanted.data<float>()[i];
    EXPECT_THAT(
        got.data<float>()[i],
        testing::NanSensitiveFloatNear(expected, std::isfinite(expected) ? kTolerance * (1 + std::fabs(expected)) : 0))
        << "element " << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Ops, EvaluateOp, testing::ValuesIn(AllCases()));

TEST(EvaluateOps, EveryRowOfTheTableHasACase) {
  std::set<Op> tested = {Op::kInput, Op::kConstant};  // Not computed.
  for (const Case& c : AllCases()) tested.insert(c.op);
  for (const Op op : AllOps()) EXPECT_EQ(tested.count(op), 1u) << Name(op);
}

TEST(EvaluateOps, AnIdOutsideItsTableIsAnError) {
  ASSERT_OK_AND_ASSIGN(const Graph graph, Parse(R"(graph @g(%t: f32[2, 1], %i: i32[T]) -> f32[T, 1] {
    %y = embedding(%t, %i) : f32[T, 1]
    return %y
  })"));
  for (const int32_t id : {-1, 2}) {
    EXPECT_THAT(Evaluate(graph, {F({2, 1}, {1, 2}), I({id})}, {1, 1}),
                StatusIs(absl::StatusCode::kInvalidArgument, absl::StrCat("%y: id ", id, ", wanted 0 to 1")));
  }
}

TEST(EvaluateOps, InputsThatDoNotFitTheBatchAreAnError) {
  ASSERT_OK_AND_ASSIGN(const Graph graph, Parse("graph @g(%x: f32[T, 1]) -> f32[T, 1] { return %x }"));
  EXPECT_THAT(Evaluate(graph, {F({2, 1}, {1, 2})}, {3, 1}),
              StatusIs(absl::StatusCode::kInvalidArgument, "%x: elements do not fit f32[T, 1] at T = 3, N = 1"));
  EXPECT_THAT(Evaluate(graph, {}, {3, 1}), StatusIs(absl::StatusCode::kInvalidArgument, "@g: got 0 inputs, wanted 1"));
}

}  // namespace
}  // namespace lathe
