#include "engine/passes/merge_duplicates.h"

#include "engine/base/status_matchers.h"
#include "engine/passes/pass_test_util.h"

namespace lathe {
namespace {

TEST(MergeDuplicates, MergesNodesAndConstantsThatAreTheSame) {
  RunAndFileCheck(R"ir(graph @g(%x: f32[T, 4]) -> f32[T, 4] {
    %w = constant f32[4, 4] "w"
    %v = constant f32[4, 4] "w"
    %1 = linear(%x, %w) : f32[T, 4]
    %2 = linear(%x, %v) : f32[T, 4]
    %3 = slice(%1) {begin = 0, end = 4} : f32[T, 4]
    %4 = slice(%2) {begin = 0, end = 4} : f32[T, 4]
    %5 = sub(%3, %4) : f32[T, 4]
    return %5
  })ir",
                  MergeDuplicates, R"ir(
    CHECK:      %w = constant
    CHECK-NEXT: %1 = linear(%x, %w)
    CHECK-NEXT: %3 = slice(%1)
    CHECK-NEXT: %5 = sub(%3, %3)
    CHECK-NEXT: return %5
  )ir");
}

TEST(MergeDuplicates, LeavesOtherAttributesTypesAndOrders) {
  ExpectNoChange(R"ir(graph @g(%x: f32[T, 4]) -> f32[T, 2], f32[T, 2], f32[T, 4], f32[T, 4], f32[1, 2], f32[2] {
    %1 = slice(%x) {begin = 0, end = 2} : f32[T, 2]
    %2 = slice(%x) {begin = 1, end = 3} : f32[T, 2]
    %3 = gelu(%x) : f32[T, 4]
    %4 = sub(%x, %3) : f32[T, 4]
    %5 = sub(%3, %x) : f32[T, 4]
    %6 = constant f32[1, 2] [1.0, 2.0]
    %7 = constant f32[2] [1.0, 2.0]
    return %1, %2, %4, %5, %6, %7
  })ir",
                 MergeDuplicates);
}

TEST(MergeDuplicates, TwoSourcesWithoutANameAreNotTheSame) {
  Graph graph("g");
  const Type type{DType::kF32, {20}};
  Node* a = graph.AddConstant(type, MakeConstantSource(RandomTensor(type, {}, 1)));
  Node* b = graph.AddConstant(type, MakeConstantSource(RandomTensor(type, {}, 2)));
  graph.SetOutputs({a, b});
  EXPECT_THAT(MergeDuplicates(graph), IsOkAndHolds(false));
}

}  // namespace
}  // namespace lathe
