#include "engine/passes/fuse.h"

#include "engine/base/status_matchers.h"
#include "engine/passes/canonical_form.h"
#include "engine/passes/pass_test_util.h"

namespace lathe {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// "kind: form" of every fusion of the graph after Fuse, in order.
std::vector<std::string> Fusions(absl::string_view text) {
  absl::StatusOr<Graph> graph = Parse(text, RandomConstants(1));
  EXPECT_OK(graph);
  if (!graph.ok()) return {};
  const Graph before = graph->Clone();
  EXPECT_OK(Fuse(*graph));
  EXPECT_OK(Verify(*graph));
  ExpectSameResults(before, *graph, 1);
  std::vector<std::string> fusions;
  for (const Node* node : graph->nodes()) {
    if (node->op() != Op::kFusion) continue;
    fusions.push_back(absl::StrCat(node->attributes().Word("kind"), ": ", CanonicalForm(*node->body())));
  }
  return fusions;
}

TEST(Fuse, PutsTheSumOfEmbeddingsIntoItsLayerNorm) {
  RunAndFileCheck(R"(graph @g(%ids: i32[T], %positions: i32[T]) -> f32[T, 4] {
    %words = constant f32[9, 4] "words"
    %places = constant f32[16, 4] "places"
    %gamma = constant f32[4] "gamma"
    %beta = constant f32[4] "beta"
    %1 = embedding(%words, %ids) : f32[T, 4]
    %2 = embedding(%places, %positions) : f32[T, 4]
    %3 = add(%1, %2) : f32[T, 4]
    %4 = layer_norm(%3, %gamma, %beta) {eps = 1e-12} : f32[T, 4]
    return %4
  })",
                  Fuse, R"(
    CHECK:      fusion(%words, %ids, %places, %positions, %gamma, %beta) {kind = row} : f32[T, 4] {
    CHECK-NEXT:   graph @row(%a: f32[9, 4], %b: i32[T], %c: f32[16, 4], %d: i32[T], %e: f32[4], %f: f32[4])
    CHECK-NEXT:     %0 = embedding(%a, %b)
    CHECK-NEXT:     %1 = embedding(%c, %d)
    CHECK-NEXT:     %2 = add(%0, %1)
    CHECK-NEXT:     %3 = layer_norm(%2, %e, %f) {eps = 1e-12}
    CHECK-NEXT:     return %3
  )");
}

TEST(Fuse, WritesTheLongerOperandOfASumFirst) {
  constexpr char kText[] = R"(graph @g(%i: i32[T], %j: i32[T]) -> f32[T, 4] {
    %t = constant f32[9, 4] "t"
    %u = constant f32[9, 4] "u"
    %v = constant f32[9, 4] "v"
    %gamma = constant f32[4] "gamma"
    %beta = constant f32[4] "beta"
    %1 = embedding(%t, %i) : f32[T, 4]
    %2 = embedding(%u, %j) : f32[T, 4]
    %3 = embedding(%v, %i) : f32[T, 4]
    %4 = add(%1, %2) : f32[T, 4]
    %5 = add(%3, %4) : f32[T, 4]
    %6 = layer_norm(%5, %gamma, %beta) {eps = 1e-12} : f32[T, 4]
    return %6
  })";
  EXPECT_THAT(Fusions(kText),
              ElementsAre("row: layer_norm(add(add(embedding(a, b), embedding(c, d)), embedding(e, f)), g, h)"));
}

TEST(Fuse, GivesASumToTheLayerNormThatReadsItAndNotToTheLinear) {
  constexpr char kText[] = R"(graph @g(%x: f32[T, 4]) -> f32[T, 4] {
    %w = constant f32[4, 4] "w"
    %b = constant f32[4] "b"
    %gamma = constant f32[4] "gamma"
    %beta = constant f32[4] "beta"
    %1 = linear(%x, %w, %b) : f32[T, 4]
    %2 = add(%x, %1) : f32[T, 4]
    %3 = layer_norm(%2, %gamma, %beta) {eps = 1e-12} : f32[T, 4]
    return %3
  })";
  EXPECT_THAT(Fusions(kText), ElementsAre("row: layer_norm(add(a, b), c, d)"));
}

TEST(Fuse, GivesAResidualThatManyReadToTheLinear) {
  constexpr char kText[] = R"(graph @g(%x: f32[T, 4]) -> f32[T, 4], f32[T, 4] {
    %w = constant f32[4, 4] "w"
    %b = constant f32[4] "b"
    %gamma = constant f32[4] "gamma"
    %beta = constant f32[4] "beta"
    %1 = linear(%x, %w, %b) : f32[T, 4]
    %2 = gelu(%1) : f32[T, 4]
    %3 = add(%x, %2) : f32[T, 4]
    %4 = layer_norm(%3, %gamma, %beta) {eps = 1e-12} : f32[T, 4]
    return %3, %4
  })";
  EXPECT_THAT(Fusions(kText), ElementsAre("contraction: add(gelu(linear(a, b, c)), d)"));
}

TEST(Fuse, PutsAnActivationIntoItsLinear) {
  constexpr char kText[] = R"(graph @g(%x: f32[T, 4]) -> f32[T, 4], f32[T, 4] {
    %w = constant f32[4, 4] "w"
    %1 = linear(%x, %w) : f32[T, 4]
    %2 = gelu_tanh(%1) : f32[T, 4]
    %3 = linear(%2, %w) : f32[T, 4]
    %4 = exp(%3) : f32[T, 4]
    return %2, %4
  })";
  EXPECT_THAT(Fusions(kText), ElementsAre("contraction: gelu_tanh(linear(a, b))"));
}

TEST(Fuse, MakesALoopOfElementwiseOps) {
  constexpr char kText[] = R"(graph @g(%x: f32[T, 4], %y: f32[T, 1]) -> f32[T, 4] {
    %half = constant f32[] 0.5
    %shift = constant f32[4] "shift"
    %1 = mul(%half, %x) : f32[T, 4]
    %2 = exp(%1) : f32[T, 4]
    %3 = tanh(%y) : f32[T, 1]
    %4 = compare(%2, %3) {is = lt} : bool[T, 4]
    %5 = add(%x, %shift) : f32[T, 4]
    %6 = select(%4, %5, %x) : f32[T, 4]
    return %6
  })";
  EXPECT_THAT(Fusions(kText), ElementsAre("loop: select(compare(exp(mul(0.5, a)), b, lt), add(a, c), a)"));
}

TEST(Fuse, NamesAValueThatIsReadTwice) {
  constexpr char kText[] = R"(graph @g(%x: f32[T, 4], %y: f32[T, 4]) -> f32[T, 4] {
    %1 = add(%x, %y) : f32[T, 4]
    %2 = mul(%1, %1) : f32[T, 4]
    %3 = mul(%2, %2) : f32[T, 4]
    return %3
  })";
  EXPECT_THAT(Fusions(kText), ElementsAre("loop: mul($0 = mul($1 = add(a, b), $1), $0)"));
}

TEST(Fuse, LeavesValuesThatOthersRead) {
  constexpr char kText[] = R"(graph @g(%x: f32[T, 4]) -> f32[T, 4], f32[T, 4], f32[T, 4], f32[T, 4] {
    %w = constant f32[4, 4] "w"
    %1 = linear(%x, %w) : f32[T, 4]
    %2 = relu(%1) : f32[T, 4]
    %3 = exp(%x) : f32[T, 4]
    %4 = tanh(%3) : f32[T, 4]
    return %2, %1, %4, %3
  })";
  ExpectNoChange(kText, Fuse);
}

TEST(Fuse, LeavesASumThatBroadcasts) {
  constexpr char kText[] = R"(graph @g(%x: f32[T, 4]) -> f32[T, 4] {
    %gamma = constant f32[4] "gamma"
    %1 = add(%x, %gamma) : f32[T, 4]
    %2 = layer_norm(%1, %gamma, %gamma) {eps = 1e-05} : f32[T, 4]
    return %2
  })";
  EXPECT_THAT(Fusions(kText), IsEmpty());
}

}  // namespace
}  // namespace lathe
