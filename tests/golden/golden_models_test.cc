// The graph of each golden checkpoint, by the reference evaluation, against transformers' logits.
#include <algorithm>
#include <optional>

#include "engine/base/status_matchers.h"
#include "engine/ir/evaluate.h"
#include "engine/models/registry.h"
#include "tests/golden/golden.h"

namespace lathe {
namespace {

// The reference evaluation is slow: on a large model it sees the shortest texts that together stay below this.
constexpr int64_t kMultiplicationsMax = 200'000'000;

class GoldenModelsTest : public testing::TestWithParam<GoldenModel> {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(config_, LoadModelConfig(GetParam().folder));
    ASSERT_OK_AND_ASSIGN(auto weights, LoadWeights(GetParam().folder));
    ASSERT_OK_AND_ASSIGN(Graph graph, BuildModel(config_, *StoredWeights(weights)));
    graph_.emplace(std::move(graph));
    ASSERT_OK_AND_ASSIGN(cases_, LoadGolden(GetParam().golden));
    ASSERT_EQ(cases_.size(), 64u);
    KeepShortest();
  }

  void KeepShortest() {
    const int64_t per_token = config_.layers * config_.hidden * (4 * config_.hidden + 2 * config_.feed_forward);
    std::sort(cases_.begin(), cases_.end(), [](const auto& a, const auto& b) { return a.ids.size() < b.ids.size(); });
    int64_t work = 0;
    const auto end = std::find_if(cases_.begin(), cases_.end(), [&](const GoldenCase& golden) {
      work += per_token * static_cast<int64_t>(golden.ids.size());
      return work > kMultiplicationsMax;
    });
    cases_.erase(end, cases_.end());
    ASSERT_FALSE(cases_.empty());
  }

  absl::StatusOr<Tensor> Run(const GoldenBatch& batch) const {
    const auto tensor = [](const std::vector<int32_t>& values) {
      return Tensor::Of<int32_t>({static_cast<int64_t>(values.size())}, values);
    };
    const Extents extents = {batch.batch().tokens(), batch.batch().sequences()};
    ASSIGN_OR_RETURN(std::vector<Tensor> outputs, Evaluate(*graph_,
                                                           {tensor(batch.token_ids), tensor(batch.segment_ids),
                                                            tensor(batch.positions), tensor(batch.cu_seqlens)},
                                                           extents));
    return outputs[0];
  }

  ModelConfig config_;
  std::optional<Graph> graph_;
  std::vector<GoldenCase> cases_;
};

TEST_P(GoldenModelsTest, ReferenceEvaluationGivesTransformersLogits) {
  ASSERT_OK_AND_ASSIGN(const Tensor logits, Run(Pack(cases_)));
  EXPECT_EQ(logits.shape()[1], static_cast<int64_t>(config_.labels.size()));
  EXPECT_THAT(logits.data<float>(), LogitsNear(cases_));
}

// That the test can fail: another order of the texts is not near.
TEST_P(GoldenModelsTest, OtherTextsHaveOtherLogits) {
  ASSERT_OK_AND_ASSIGN(const Tensor logits, Run(Pack(cases_)));
  std::rotate(cases_.begin(), cases_.begin() + 1, cases_.end());
  EXPECT_THAT(logits.data<float>(), testing::Not(LogitsNear(cases_)));
}

INSTANTIATE_TEST_SUITE_P(Checkpoints, GoldenModelsTest, testing::ValuesIn(GoldenModels()),
                         [](const auto& info) { return info.param.name; });

TEST(LoadGolden, ErrorsNameFileAndLine) {
  EXPECT_THAT(LoadGolden(LATHE_SOURCE_DIR "/README.missing"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(LoadGolden(LATHE_SOURCE_DIR "/tests/golden/make_golden.py"),
              StatusIs(absl::StatusCode::kInvalidArgument, testing::HasSubstr("make_golden.py:1: not valid JSON")));
}

}  // namespace
}  // namespace lathe
