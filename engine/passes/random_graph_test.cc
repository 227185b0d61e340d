// Random graphs through every pass and through the whole pipeline: the same results, and every pass finds work.
#include "engine/passes/random_graph.h"

#include <ostream>
#include <set>

#include "engine/base/status_matchers.h"
#include "engine/passes/fold_constants.h"
#include "engine/passes/fuse.h"
#include "engine/passes/merge_duplicates.h"
#include "engine/passes/merge_linears.h"
#include "engine/passes/narrow_rows.h"
#include "engine/passes/pass_test_util.h"
#include "engine/passes/pipeline.h"
#include "engine/passes/simplify.h"
#include "engine/passes/unfuse.h"

namespace lathe {
namespace {

constexpr uint64_t kGraphs = 300;
// simplify rounds some formulas elsewhere: a unit or two of f32 (2^-24) at a place, which a graph of this generator
// carries to an output grown a hundredfold at most (norms with eps 0.1, sums of 8, a few ops in a row).
constexpr double kTolerance = 100 * 2 / 16777216.0;

absl::StatusOr<bool> RunPipeline(Graph& graph) {
  absl::StatusOr<std::vector<PassRecord>> records = StandardPipeline().Run(graph);
  if (!records.ok()) return records.status();
  return true;
}

absl::StatusOr<bool> FuseAndUnfuse(Graph& graph) {
  const absl::StatusOr<bool> fused = Fuse(graph);
  return fused.ok() && *fused ? UnfuseAll(graph) : fused;
}

struct Case {
  const char* name;
  absl::StatusOr<bool> (*pass)(Graph&);
  double tolerance;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

class RandomGraphs : public testing::TestWithParam<Case> {};

TEST_P(RandomGraphs, ComputeTheSame) {
  uint64_t changed = 0;
  for (uint64_t seed = 1; seed <= kGraphs && !HasFailure(); ++seed) {
    SCOPED_TRACE(absl::StrCat("graph of seed ", seed));
    ASSERT_OK_AND_ASSIGN(Graph graph, MakeRandomGraph(seed));
    const Graph before = graph.Clone();
    ASSERT_OK_AND_ASSIGN(const bool changes, GetParam().pass(graph));
    ASSERT_OK(Verify(graph));
    changed += changes ? 1 : 0;
    if (changes) ExpectSameResults(before, graph, seed, GetParam().tolerance);
    if (HasFailure()) ADD_FAILURE() << "before:\n" << Print(before) << "after:\n" << Print(graph);
  }
  EXPECT_GT(changed, kGraphs / 20) << "the generator gives this pass too little to do";
}

INSTANTIATE_TEST_SUITE_P(Passes, RandomGraphs,
                         testing::Values(Case{"simplify", Simplify, kTolerance},
                                         Case{"fold_constants", FoldConstants, 0},
                                         Case{"merge_duplicates", MergeDuplicates, 0},
                                         Case{"narrow_rows", NarrowRows, 0}, Case{"merge_linears", MergeLinears, 0},
                                         Case{"fuse", Fuse, 0}, Case{"unfuse", FuseAndUnfuse, 0},
                                         Case{"pipeline", RunPipeline, kTolerance}),
                         [](const testing::TestParamInfo<Case>& info) { return std::string(info.param.name); });

// A pass that is run again on its own result finds nothing more to do.
TEST(RandomGraph, PassesReachAFixedPoint) {
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    ASSERT_OK_AND_ASSIGN(Graph graph, MakeRandomGraph(seed));
    for (const auto pass : {Simplify, NarrowRows, MergeLinears, Fuse}) {
      ASSERT_OK(pass(graph));
      EXPECT_THAT(pass(graph), IsOkAndHolds(false)) << Print(graph);
    }
  }
}

TEST(RandomGraph, IsReadBackFromItsText) {
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    ASSERT_OK_AND_ASSIGN(Graph graph, MakeRandomGraph(seed));
    for (const bool optimised : {false, true}) {
      if (optimised) {
        ASSERT_THAT(RunPipeline(graph), IsOkAndHolds(true));
      }
      const std::string text = Print(graph);
      ASSERT_OK_AND_ASSIGN(const Graph again, Parse(text));
      ASSERT_EQ(Print(again), text);
    }
  }
}

TEST(RandomGraph, IsDecidedByItsSeed) {
  ASSERT_OK_AND_ASSIGN(const Graph a, MakeRandomGraph(7));
  ASSERT_OK_AND_ASSIGN(const Graph b, MakeRandomGraph(7));
  ASSERT_OK_AND_ASSIGN(const Graph c, MakeRandomGraph(8));
  EXPECT_EQ(Print(a), Print(b));
  EXPECT_NE(Print(a), Print(c));
}

TEST(RandomGraph, UsesEveryOp) {
  std::set<Op> used;
  for (uint64_t seed = 1; seed <= kGraphs; ++seed) {
    ASSERT_OK_AND_ASSIGN(const Graph graph, MakeRandomGraph(seed));
    for (const Node* node : graph.nodes()) used.insert(node->op());
  }
  for (const Op op : AllOps()) {
    EXPECT_EQ(used.count(op), op == Op::kFusion ? 0u : 1u) << Name(op);
  }
}

}  // namespace
}  // namespace lathe
