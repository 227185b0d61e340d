// What each op's shape rule refuses, and what it says.
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/status_matchers.h"
#include "engine/ir/op.h"

namespace lathe {
namespace {

using ::testing::HasSubstr;

Type F32(Shape shape) { return {DType::kF32, std::move(shape)}; }
Type I32(Shape shape) { return {DType::kI32, std::move(shape)}; }
const Type kCu = I32({Dim::N() + 1});
const Type kRows = F32({Dim::T(), 8});

struct Case {
  Op op;
  std::vector<Type> inputs;
  Attributes attributes;
  const char* error;
};

Attributes Heads(int64_t heads) { return {{"heads", heads}, {"scale", 1.0}}; }

const std::vector<Case>& Cases() {
  static const auto* cases = new std::vector<Case>{
      {Op::kInput, {}, {}, "input is not computed"},
      {Op::kConstant, {}, {}, "constant is not computed"},
      {Op::kFusion, {kRows}, {{"kind", std::string("loop")}}, "fusion is not computed"},
      {Op::kEmbedding, {F32({9, Dim::T()}), I32({Dim::T()})}, {}, "table: got f32[9, T], wanted rows"},
      {Op::kEmbedding, {F32({9, 8}), F32({Dim::T()})}, {}, "ids: got f32[T], wanted i32"},
      {Op::kEmbedding, {F32({9, 8}), I32({Dim::T(), 2})}, {}, "ids: got i32[T, 2], wanted rank 1"},
      {Op::kLinear, {kRows, F32({4, 9})}, {}, "weight: got f32[4, 9], wanted 8 as dimension 1"},
      {Op::kLinear, {kRows, F32({4, 8}), F32({8})}, {}, "bias: got f32[8], wanted f32[4]"},
      {Op::kLinear, {kRows}, {}, "got 1 inputs, wanted 2 to 3"},
      {Op::kMatmul, {F32({2, 3}), F32({2, 3})}, {}, "b: got f32[2, 3], wanted 3 as dimension 0"},
      {Op::kAdd, {F32({3}), F32({4})}, {}, "shapes [3] and [4] do not broadcast"},
      {Op::kSub, {kRows, F32({Dim::N(), 8})}, {}, "shapes [T, 8] and [N, 8] do not broadcast"},
      {Op::kMul, {I32({3}), F32({3})}, {}, "a: got i32[3], wanted f32"},
      {Op::kDiv, {F32({3}), I32({3})}, {}, "b: got i32[3], wanted f32"},
      {Op::kMaximum, {F32({3})}, {}, "got 1 inputs, wanted 2"},
      {Op::kMinimum, {F32({3}), F32({3}), F32({3})}, {}, "got 3 inputs, wanted 2"},
      {Op::kNeg, {kCu}, {}, "neg: x: got i32[N+1], wanted f32"},
      {Op::kAbs, {kCu}, {}, "abs: x: got i32[N+1], wanted f32"},
      {Op::kExp, {kCu}, {}, "exp: x: got"},
      {Op::kLog, {kCu}, {}, "log: x: got"},
      {Op::kRsqrt, {kCu}, {}, "rsqrt: x: got"},
      {Op::kTanh, {kCu}, {}, "tanh: x: got"},
      {Op::kErf, {kCu}, {}, "erf: x: got"},
      {Op::kGelu, {kRows}, {{"approximate", std::string("tanh")}}, "gelu: unknown attribute approximate"},
      {Op::kGeluTanh, {kCu}, {}, "gelu_tanh: x: got"},
      {Op::kRelu, {kCu}, {}, "relu: x: got"},
      {Op::kSilu, {kCu}, {}, "silu: x: got"},
      {Op::kSigmoid, {kCu}, {}, "sigmoid: x: got"},
      {Op::kCompare, {kRows, kRows}, {{"is", std::string("near")}}, "attribute is: got near, wanted lt, le"},
      {Op::kCompare, {kRows, kRows}, {}, "attribute is is missing"},
      {Op::kSelect, {kRows, kRows, kRows}, {}, "condition: got f32[T, 8], wanted bool"},
      {Op::kCast, {kRows}, {{"to", std::string("f64")}}, "attribute to: got f64, wanted a type"},
      {Op::kQuantize, {kRows, F32({Dim::T()})}, {}, "scale: got f32[T], wanted f32[T, 1]"},
      {Op::kQuantize, {F32({}), F32({})}, {}, "x: got a scalar, wanted rows"},
      {Op::kDequantize, {kRows, F32({Dim::T(), 1})}, {}, "x: got f32[T, 8], wanted s8"},
      {Op::kSoftmax, {F32({})}, {}, "x: got f32[], wanted rows"},
      {Op::kLayerNorm, {kRows, F32({9}), F32({8})}, {{"eps", 1e-5}}, "gamma: got f32[9], wanted f32[8]"},
      {Op::kLayerNorm, {kRows, F32({8}), F32({1, 8})}, {{"eps", 1e-5}}, "beta: got f32[1, 8], wanted f32[8]"},
      {Op::kLayerNorm, {kRows, F32({8}), F32({8})}, {{"eps", std::string("small")}}, "eps: got small, wanted a number"},
      {Op::kRmsNorm, {kRows, F32({9})}, {{"eps", 1e-5}}, "gamma: got f32[9], wanted f32[8]"},
      {Op::kReduce, {kRows}, {{"kind", std::string("product")}}, "attribute kind: got product, wanted sum"},
      {Op::kAttention, {kRows, kRows, kRows, kCu}, Heads(3), "attribute heads: got 3, wanted a divisor of 8"},
      {Op::kAttention, {kRows, kRows, F32({Dim::N(), 8}), kCu}, Heads(2), "v: got f32[N, 8], wanted f32[T, 8]"},
      {Op::kAttention, {F32({Dim::N(), 8}), kRows, kRows, kCu}, Heads(2), "q: got f32[N, 8], wanted T as dimension 0"},
      {Op::kAttention, {kRows, kRows, kRows, I32({Dim::N()})}, Heads(2), "cu_seqlens: got i32[N], wanted i32[N+1]"},
      {Op::kRope, {kRows, I32({Dim::T()})}, {{"head_dim", int64_t{3}}}, "head_dim: got 3, wanted an even number"},
      {Op::kRope, {kRows, I32({Dim::N()})}, {{"head_dim", int64_t{4}}}, "positions: got i32[N], wanted i32[T]"},
      {Op::kGatherFirst, {F32({Dim::N(), 8}), kCu}, {}, "x: got f32[N, 8], wanted T as dimension 0"},
      {Op::kGatherLast, {kRows, I32({Dim::T()})}, {}, "cu_seqlens: got i32[T], wanted i32[N+1]"},
      {Op::kSegmentMean, {F32({Dim::T()}), kCu}, {}, "x: got f32[T], wanted rows"},
      {Op::kSlice, {kRows}, {{"begin", int64_t{4}}, {"end", int64_t{9}}}, "got [4, 9), wanted a range inside [0, 8)"},
      {Op::kSlice, {kRows}, {{"begin", int64_t{4}}, {"end", int64_t{4}}}, "got [4, 4)"},
      {Op::kSlice,
       {F32({Dim::T()})},
       {{"begin", int64_t{0}}, {"end", int64_t{1}}},
       "wanted a last dimension that is a"},
      {Op::kConcat, {kRows, F32({Dim::N(), 8})}, {{"axis", int64_t{1}}}, "input 1: got f32[N, 8], wanted f32[T, 8]"},
      {Op::kConcat, {kRows}, {{"axis", int64_t{2}}}, "attribute axis: got 2, wanted 0 to 1"},
      {Op::kReshape, {kRows}, {{"shape", Shape{Dim::T(), 9}}}, "got 8*T elements in f32[T, 8], wanted 9*T for [T, 9]"},
      {Op::kReshape, {kRows}, {{"shape", Shape{Dim::T(), Dim::T()}}}, "more than one symbolic dimension in f32[T, T]"},
      {Op::kReshape, {kRows}, {{"shape", Shape(9, Dim(int64_t{1} << 31))}}, "rank 9, wanted at most 8"},
      {Op::kConcat,
       {F32({int64_t{1} << 30}), F32({int64_t{1} << 30}), F32({int64_t{1} << 30})},
       {{"axis", int64_t{0}}},
       "dimension 3221225472 out of range"},
  };
  return *cases;
}

TEST(InferType, RefusesWhatAnOpCannotTake) {
  for (const Case& c : Cases()) {
    EXPECT_THAT(InferType(c.op, c.inputs, c.attributes),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(c.error)))
        << Name(c.op);
  }
}

TEST(InferType, EveryRowOfTheTableHasACase) {
  std::set<Op> tested;
  for (const Case& c : Cases()) tested.insert(c.op);
  for (const Op op : AllOps()) EXPECT_EQ(tested.count(op), 1u) << Name(op);
}

TEST(InferType, ANumberIsFinite) {
  EXPECT_THAT(InferType(Op::kRmsNorm, {kRows, F32({8})}, {{"eps", HUGE_VAL}}),
              StatusIs(absl::StatusCode::kInvalidArgument, "rms_norm: attribute eps: got inf, wanted a finite number"));
}

}  // namespace
}  // namespace lathe
