#include "engine/devices/cpu/views.h"

#include "engine/base/status_matchers.h"
#include "engine/devices/cpu/id_limits.h"
#include "engine/devices/cpu/separable.h"
#include "engine/ir/text.h"

namespace lathe::cpu {
namespace {

const Node* Find(const Graph& graph, absl::string_view name) {
  for (const Node* node : graph.nodes()) {
    if (node->name() == name) return node;
  }
  return nullptr;
}

TEST(Views, SlicesShareMemoryAndReshapesOfThemDoNot) {
  ASSERT_OK_AND_ASSIGN(const Graph graph, Parse(R"(graph @g(%x: f32[T, 24]) -> f32[2*T, 6], f32[2*T, 12], f32[T, 4] {
    %s = slice(%x) {begin = 4, end = 16} : f32[T, 12]
    %ss = slice(%s) {begin = 3, end = 7} : f32[T, 4]
    %r = reshape(%s) {shape = [2*T, 6]} : f32[2*T, 6]
    %d = reshape(%x) {shape = [2*T, 12]} : f32[2*T, 12]
    return %r, %d, %ss
  })"));
  const Node* x = Find(graph, "x");
  EXPECT_EQ(BaseOf(Find(graph, "ss")), x);
  EXPECT_EQ(BaseOf(Find(graph, "d")), x);
  EXPECT_FALSE(IsView(*Find(graph, "r")));

  const Operand slice = ViewOf(Find(graph, "ss"), DenseOperand(x->type()));
  EXPECT_EQ(slice.column, 7);
  EXPECT_EQ(slice.width, 4);
  EXPECT_EQ(slice.stride, 24);
  const Operand reshaped = ViewOf(Find(graph, "d"), DenseOperand(x->type()));
  EXPECT_EQ(reshaped.rows, Dim::T() * 2);
  EXPECT_TRUE(reshaped.dense());
}

struct SeparableCase {
  const char* text;
  bool separable;
};

TEST(Separable, OnlyWhatKeepsRowsApart) {
  const SeparableCase cases[] = {
      {"graph @g(%x: f32[T, 8]) -> f32[T, 8] { %y = gelu(%x) : f32[T, 8] return %y }", true},
      {"graph @g(%x: f32[T, 8], %cu: i32[N+1]) -> f32[N, 8] { %y = segment_mean(%x, %cu) : f32[N, 8] return %y }",
       true},
      {"graph @g(%x: f32[T, 8]) -> f32[2*T, 8] { %y = concat(%x, %x) {axis = 0} : f32[2*T, 8] return %y }", false},
      {"graph @g(%x: f32[T, 8]) -> f32[2*T, 4] { %y = reshape(%x) {shape = [2*T, 4]} : f32[2*T, 4] return %y }", false},
      {"graph @g(%cu: i32[N+1]) -> f32[N+1] { %y = cast(%cu) {to = f32} : f32[N+1] return %y }", false},
      {"graph @g(%x: f32[T, 8], %i: i32[T]) -> f32[T, 8] { %y = embedding(%x, %i) : f32[T, 8] return %y }", false},
  };
  for (const SeparableCase& test : cases) {
    ASSERT_OK_AND_ASSIGN(const Graph graph, Parse(test.text));
    EXPECT_EQ(IsSeparable(graph), test.separable) << test.text;
  }
}

TEST(IdLimits, AreFoundInsideFusions) {
  ASSERT_OK_AND_ASSIGN(const Graph graph, Parse(R"(graph @g(%x: f32[T, 2], %ids: i32[T]) -> f32[T, 2] {
    %table = constant f32[5, 2] "table"
    %y = fusion(%table, %ids) {kind = row} : f32[T, 2] {
      graph @row(%a: f32[5, 2], %b: i32[T]) -> f32[T, 2] {
        %0 = embedding(%a, %b) : f32[T, 2]
        return %0
      }
    }
    return %y
  })"));
  const std::vector<IdLimit> limits = FindIdLimits(graph);
  ASSERT_EQ(limits.size(), 1u);
  EXPECT_EQ(limits[0].input, 1u);
  EXPECT_EQ(limits[0].rows, 5);
}

}  // namespace
}  // namespace lathe::cpu
