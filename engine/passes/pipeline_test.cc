#include "engine/passes/pipeline.h"

#include "engine/base/file.h"
#include "engine/base/status_matchers.h"
#include "engine/passes/canonical_form.h"
#include "engine/passes/pass_test_util.h"

namespace lathe {
namespace {

using ::testing::ElementsAre;

// One line for each step that computes: its op, or its fusion's form, and its type.
std::vector<std::string> Steps(const Graph& graph) {
  std::vector<std::string> steps;
  for (const Node* node : graph.nodes()) {
    if (Info(node->op()).trait == OpTrait::kLeaf) continue;
    const std::string what = node->body() != nullptr ? CanonicalForm(*node->body()) : std::string(Name(node->op()));
    steps.push_back(absl::StrCat(what, " : ", node->type().ToString()));
  }
  return steps;
}

TEST(Pipeline, DistilBertBecomesTheStepsThatAHandWouldWrite) {
  ASSERT_OK_AND_ASSIGN(const std::string text,
                       ReadFile(absl::StrCat(LATHE_SOURCE_DIR, "/engine/passes/testdata/distilbert.graph"), 1 << 16));
  ASSERT_OK_AND_ASSIGN(Graph graph, Parse(text, RandomConstants(1)));
  const Graph before = graph.Clone();
  ASSERT_OK(StandardPipeline().Run(graph));
  EXPECT_THAT(Steps(graph),
              ElementsAre("layer_norm(add(embedding(a, b), embedding(c, d)), e, f) : f32[T, 8]",  //
                          "linear : f32[T, 24]", "slice : f32[T, 8]", "slice : f32[T, 8]", "slice : f32[T, 8]",
                          "attention : f32[T, 8]", "linear : f32[T, 8]",
                          "layer_norm(add(a, b), c, d) : f32[T, 8]",  //
                          "gelu(linear(a, b, c)) : f32[T, 16]", "linear : f32[T, 8]",
                          "layer_norm(add(a, b), c, d) : f32[T, 8]",  //
                          // The last layer: keys and values for every token, everything else for one row per sequence.
                          "gather_first : f32[N, 8]", "linear : f32[N, 8]",                 //
                          "linear : f32[T, 16]", "slice : f32[T, 8]", "slice : f32[T, 8]",  //
                          "attention : f32[N, 8]", "linear : f32[N, 8]",
                          "layer_norm(add(a, b), c, d) : f32[N, 8]",  //
                          "gelu(linear(a, b, c)) : f32[N, 16]", "linear : f32[N, 8]",
                          "layer_norm(add(a, b), c, d) : f32[N, 8]",  //
                          "relu(linear(a, b, c)) : f32[N, 8]", "linear : f32[N, 2]"));
  ExpectSameResults(before, graph, 1);
}

}  // namespace
}  // namespace lathe
