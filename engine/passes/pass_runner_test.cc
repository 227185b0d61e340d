#include "engine/passes/pass_runner.h"

#include "engine/base/status_matchers.h"
#include "engine/ir/text.h"

namespace lathe {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

absl::StatusOr<Graph> Small() {
  return Parse("graph @g(%x: f32[T, 8]) -> f32[T, 8] {\n  %y = gelu(%x) : f32[T, 8]\n  return %y\n}");
}

absl::StatusOr<bool> Keep(Graph& graph) { return false; }
absl::StatusOr<bool> ReturnInput(Graph& graph) {
  graph.SetOutputs({graph.inputs()[0]});
  return true;
}
absl::StatusOr<bool> Break(Graph& graph) {
  graph.SetOutputs({});
  return true;
}
absl::StatusOr<bool> Fail(Graph& graph) { return absl::InternalError("no"); }

TEST(PassRunner, RecordsWhatEachPassDid) {
  ASSERT_OK_AND_ASSIGN(Graph graph, Small());
  PassRunner passes;
  passes.Add("keep", Keep);
  passes.Add("return_input", ReturnInput);
  ASSERT_OK_AND_ASSIGN(const std::vector<PassRecord> records, passes.Run(graph, {{}, true}));
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[0].name, "keep");
  EXPECT_FALSE(records[0].changed);
  EXPECT_EQ(records[0].graph, "");
  EXPECT_TRUE(records[1].changed);
  EXPECT_EQ(records[1].graph, "graph @g(%x: f32[T, 8]) -> f32[T, 8] {\n  return %x\n}\n");
  EXPECT_GE(records[1].seconds, 0);
}

TEST(PassRunner, LeavesDisabledPassesOut) {
  ASSERT_OK_AND_ASSIGN(Graph graph, Small());
  PassRunner passes;
  passes.Add("return_input", ReturnInput);
  passes.Add("keep", Keep);
  EXPECT_THAT(passes.names(), ElementsAre("return_input", "keep"));
  ASSERT_OK_AND_ASSIGN(const std::vector<PassRecord> records, passes.Run(graph, {{"return_input"}, false}));
  EXPECT_EQ(records.size(), 1u);
  EXPECT_EQ(graph.nodes().size(), 2u);
  EXPECT_THAT(passes.Run(graph, {{"retrun_input"}, false}),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("retrun_input: got an unknown name, wanted one of "
                                                              "return_input, keep")));
}

TEST(PassRunner, ErrorsNameThePass) {
  ASSERT_OK_AND_ASSIGN(Graph graph, Small());
  PassRunner failing;
  failing.Add("fail", Fail);
  EXPECT_THAT(failing.Run(graph), StatusIs(absl::StatusCode::kInternal, "pass fail: no"));
  PassRunner breaking;
  breaking.Add("break", Break);
  EXPECT_THAT(breaking.Run(graph),
              StatusIs(absl::StatusCode::kInvalidArgument, "pass break: @g: graph without an output"));
}

}  // namespace
}  // namespace lathe
