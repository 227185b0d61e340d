#include "engine/passes/fold_constants.h"

#include "engine/base/status_matchers.h"
#include "engine/passes/pass_test_util.h"

namespace lathe {
namespace {

TEST(FoldConstants, ComputesWhatDependsOnConstantsAlone) {
  RunAndFileCheck(R"(graph @g(%x: f32[T, 4]) -> f32[T, 8] {
    %w = constant f32[8, 4] "q.weight"
    %s = constant f32[] 0.5
    %m = mul(%w, %s) : f32[8, 4]
    %n = neg(%m) : f32[8, 4]
    %y = linear(%x, %n) : f32[T, 8]
    return %y
  })",
                  FoldConstants, R"ir(
    CHECK-NOT: constant
    CHECK:     %n_1 = constant f32[8, 4] "neg(mul(q.weight, 0.5))"
    CHECK-NEXT: linear(%x, %n_1)
  )ir");
}

TEST(FoldConstants, PrintsAttributesThatAreNotZero) {
  RunAndFileCheck(R"(graph @g(%x: f32[T, 4]) -> f32[T, 4] {
    %w = constant f32[4] "w"
    %v = constant f32[4] "v"
    %c = concat(%w, %v) {axis = 0} : f32[8]
    %s = slice(%c) {begin = 2, end = 6} : f32[4]
    %y = add(%x, %s) : f32[T, 4]
    return %y
  })",
                  FoldConstants, R"ir(CHECK: constant f32[4] "slice(concat(w, v), begin = 2, end = 6)")ir");
}

TEST(FoldConstants, LeavesWhatWouldGrow) {
  ExpectNoChange(R"(graph @g() -> f32[100, 100] {
    %column = constant f32[100, 1] "c"
    %row = constant f32[1, 100] "r"
    %y = mul(%column, %row) : f32[100, 100]
    return %y
  })",
                 FoldConstants);
}

TEST(FoldConstants, LeavesEmbeddingsWhichCanFail) {
  ExpectNoChange(R"(graph @g() -> f32[2, 4] {
    %table = constant f32[3, 4] "t"
    %ids = constant i32[2] [1, 7]
    %y = embedding(%table, %ids) : f32[2, 4]
    return %y
  })",
                 FoldConstants);
}

TEST(FoldConstants, StopsAtATextThatDoublesWithEachOp) {
  Graph graph("doubling");
  Node* node = graph.AddConstant(Type{DType::kF32, {2}}, MakeConstantSource(Tensor::Of<float>({2}, {1, 2}), "w"));
  for (int i = 0; i < 64; ++i) {
    ASSERT_OK_AND_ASSIGN(node, graph.Add(Op::kAdd, {node, node}));
  }
  graph.SetOutputs({node});
  ASSERT_THAT(FoldConstants(graph), IsOkAndHolds(true));
  EXPECT_GT(graph.nodes().size(), 50u);
  EXPECT_LT(Print(graph).size(), 30000u);
}

}  // namespace
}  // namespace lathe
