#include "engine/ir/graph.h"

#include "engine/base/status_matchers.h"
#include "engine/ir/builder.h"
#include "engine/ir/evaluate.h"
#include "engine/ir/text.h"

namespace lathe {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kTiny[] = R"(graph @tiny(%ids: i32[T], %cu: i32[N+1]) -> f32[N, 2] {
  %table = constant f32[3, 2] [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
  %x     = embedding(%table, %ids) : f32[T, 2]
  %first = gather_first(%x, %cu) : f32[N, 2]
  %half  = constant f32[] 0.5
  %y     = fusion(%first, %half) {kind = loop} : f32[N, 2] {
    graph @body(%a: f32[N, 2], %b: f32[]) -> f32[N, 2] {
      %0 = mul(%a, %b) : f32[N, 2]
      return %0
    }
  }
  return %y
}
)";

TEST(Text, PrintsWhatItRead) {
  ASSERT_OK_AND_ASSIGN(const Graph graph, Parse(kTiny));
  EXPECT_EQ(Print(graph), kTiny);
  EXPECT_EQ(Print(graph.Clone()), kTiny);
}

TEST(Text, ErrorsNameLineAndColumn) {
  EXPECT_THAT(Parse("graph @g(%x: f32[T, 8]) -> f32[T, 8] {\n  %y = gelu(%z) : f32[T, 8]\n  return %y\n}"),
              StatusIs(absl::StatusCode::kInvalidArgument, "2:13: %z is not defined above"));
  EXPECT_THAT(Parse("graph @g(%x: f32[T, 8]) -> f32[T, 8] {\n  %y = gelu(%x) : f32[T, 9]\n  return %y\n}"),
              StatusIs(absl::StatusCode::kInvalidArgument, "2:8: %y: is f32[T, 8], written f32[T, 9]"));
  EXPECT_THAT(Parse("graph @g(%x: f32[T, 8]) -> f32[T, 8] { return %x } more"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("wanted the end of the text")));
}

TEST(Evaluate, RunsAFusionAndReadsConstants) {
  ASSERT_OK_AND_ASSIGN(const Graph graph, Parse(kTiny));
  const Tensor ids = Tensor::Of<int32_t>({3}, {2, 0, 1});
  const Tensor cu = Tensor::Of<int32_t>({3}, {0, 1, 3});
  ASSERT_OK_AND_ASSIGN(const auto outputs, Evaluate(graph, {ids, cu}, {3, 2}));
  EXPECT_THAT(outputs[0].data<float>(), ElementsAre(2.5f, 3.0f, 0.5f, 1.0f));
}

TEST(Builder, TheFirstErrorNamesTheCallersLine) {
  GraphBuilder b("g");
  Value x = b.Input("x", Type{DType::kF32, {Dim::T(), 8}});
  Value w = b.Input("w", Type{DType::kF32, {4, 9}});
  const int line = __LINE__ + 1;
  Value y = b.Linear(x, w, nullptr);
  b.Unary(Op::kGelu, y);
  EXPECT_THAT(b.Finish({y}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr(absl::StrCat("graph_test.cc:", line,
                                              ": linear: weight: got f32[4, 9], wanted 8 as dimension 1"))));
}

TEST(Graph, CleanRemovesWhatNobodyReadsAndOrdersTheRest) {
  ASSERT_OK_AND_ASSIGN(Graph graph, Parse(R"(graph @g(%x: f32[T, 8]) -> f32[T, 8] {
    %a = gelu(%x) : f32[T, 8]
    %b = relu(%a) : f32[T, 8]
    return %b
  })"));
  Node* x = graph.inputs()[0];
  Node* a = graph.nodes()[1];
  ASSERT_OK_AND_ASSIGN(Node * late, graph.Add(Op::kTanh, {x}, {}, "late"));
  graph.ReplaceUses(a, late);
  EXPECT_THAT(Verify(graph), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("%b: reads %late before")));
  EXPECT_TRUE(graph.Clean());
  EXPECT_OK(Verify(graph));
  EXPECT_THAT(Print(graph), HasSubstr("%late = tanh(%x) : f32[T, 8]\n  %b    = relu(%late)"));
  EXPECT_FALSE(graph.Clean());
}

}  // namespace
}  // namespace lathe
