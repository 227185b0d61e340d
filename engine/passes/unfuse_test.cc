#include "engine/passes/unfuse.h"

#include "engine/base/status_matchers.h"
#include "engine/passes/fuse.h"
#include "engine/passes/pass_test_util.h"

namespace lathe {
namespace {

using ::testing::HasSubstr;

constexpr char kText[] = R"(graph @g(%x: f32[T, 4]) -> f32[T, 4] {
  %w = constant f32[4, 4] "w"
  %half = constant f32[] 0.5
  %1 = linear(%x, %w) : f32[T, 4]
  %2 = gelu(%1) : f32[T, 4]
  %3 = mul(%2, %half) : f32[T, 4]
  %4 = exp(%3) : f32[T, 4]
  return %4
})";

Node* FirstFusion(const Graph& graph) {
  for (Node* node : graph.nodes()) {
    if (node->op() == Op::kFusion) return node;
  }
  return nullptr;
}

TEST(Unfuse, UndoesFuse) {
  ASSERT_OK_AND_ASSIGN(Graph graph, Parse(kText, RandomConstants(1)));
  const Graph before = graph.Clone();
  ASSERT_THAT(Fuse(graph), IsOkAndHolds(true));
  EXPECT_THAT(UnfuseAll(graph), IsOkAndHolds(true));
  EXPECT_OK(Verify(graph));
  EXPECT_EQ(FirstFusion(graph), nullptr);
  EXPECT_EQ(graph.nodes().size(), before.nodes().size());
  ExpectSameResults(before, graph, 1);
}

TEST(Unfuse, InlinesOneFusionAndKeepsTheOthers) {
  ASSERT_OK_AND_ASSIGN(Graph graph, Parse(kText, RandomConstants(1)));
  const Graph before = graph.Clone();
  ASSERT_THAT(Fuse(graph), IsOkAndHolds(true));
  Node* first = FirstFusion(graph);
  ASSERT_NE(first, nullptr);
  ASSERT_OK(Unfuse(graph, first));
  EXPECT_OK(Verify(graph));
  Node* second = FirstFusion(graph);
  ASSERT_NE(second, nullptr);
  EXPECT_EQ(second->attributes().Word("kind"), "loop");
  ExpectSameResults(before, graph, 1);
}

TEST(Unfuse, InlinesNestedFusions) {
  RunAndFileCheck(R"(graph @g(%x: f32[T, 4]) -> f32[T, 4] {
    %1 = fusion(%x) {kind = loop} : f32[T, 4] {
      graph @outer(%a: f32[T, 4]) -> f32[T, 4] {
        %0 = fusion(%a) {kind = loop} : f32[T, 4] {
          graph @inner(%a: f32[T, 4]) -> f32[T, 4] {
            %0 = exp(%a) : f32[T, 4]
            return %0
          }
        }
        %1 = neg(%0) : f32[T, 4]
        return %1
      }
    }
    return %1
  })",
                  UnfuseAll, R"(
    CHECK-NOT:  fusion
    CHECK:      [[E:%.*]] = exp(%x)
    CHECK-NEXT: [[Y:%.*]] = neg([[E]])
    CHECK-NEXT: return [[Y]]
  )");
}

TEST(Unfuse, LeavesAGraphWithoutFusions) { ExpectNoChange(kText, UnfuseAll); }

TEST(Unfuse, RefusesAnotherOp) {
  ASSERT_OK_AND_ASSIGN(Graph graph, Parse(kText));
  EXPECT_THAT(Unfuse(graph, graph.outputs()[0]),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("%4: got exp, wanted fusion")));
}

}  // namespace
}  // namespace lathe
