// Each golden checkpoint, compiled for each device, against transformers' logits: every text, in batches of all sizes.
#include <algorithm>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/status_matchers.h"
#include "engine/devices/registry.h"
#include "engine/models/registry.h"
#include "tests/golden/golden.h"

namespace lathe {
namespace {

class GoldenDevicesTest : public testing::TestWithParam<std::tuple<const Device*, GoldenModel>> {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(cases_, LoadGolden(model().golden));
    ASSERT_EQ(cases_.size(), 64u);
  }

  const Device& device() const { return *std::get<0>(GetParam()); }
  const GoldenModel& model() const { return std::get<1>(GetParam()); }

  // Compiles the model; graph and weights are gone when it returns, as in the server.
  absl::StatusOr<std::unique_ptr<Executable>> Compile(ThreadPool* pool) const {
    ASSIGN_OR_RETURN(const ModelConfig config, LoadModelConfig(model().folder));
    ASSIGN_OR_RETURN(const std::shared_ptr<const Weights> weights, LoadWeights(model().folder));
    ASSIGN_OR_RETURN(const Graph graph, BuildModel(config, *StoredWeights(weights)));
    return device().Compile(graph, {}, pool);
  }

  absl::StatusOr<std::vector<float>> Run(const Executable& executable, absl::Span<const GoldenCase> cases) const {
    const GoldenBatch packed = Pack(cases);
    const std::vector<const void*> inputs = {packed.token_ids.data(), packed.segment_ids.data(),
                                             packed.positions.data(), packed.cu_seqlens.data()};
    std::vector<float> logits(cases.size() * cases[0].logits.size());
    const std::vector<void*> outputs = {logits.data()};
    const Extents extents = {packed.batch().tokens(), packed.batch().sequences()};
    RETURN_IF_ERROR(executable.Run({extents, inputs, outputs}));
    return logits;
  }

  std::vector<GoldenCase> cases_;
};

TEST_P(GoldenDevicesTest, GivesTransformersLogits) {
  for (const int threads : {1, 2}) {
    ThreadPool pool(threads);
    ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Executable> executable, Compile(&pool));
    for (const size_t batch : {1, 7, 64}) {
      for (size_t begin = 0; begin < cases_.size(); begin += batch) {
        const auto cases = absl::MakeConstSpan(cases_).subspan(begin, batch);
        ASSERT_OK_AND_ASSIGN(const std::vector<float> logits, Run(*executable, cases));
        EXPECT_THAT(logits, LogitsNear(cases)) << threads << " threads, cases from " << begin << ", batch " << batch;
      }
    }
  }
}

std::string TestName(const testing::TestParamInfo<std::tuple<const Device*, GoldenModel>>& info) {
  return absl::StrCat(std::get<0>(info.param)->name(), "_", std::get<1>(info.param).name);
}

INSTANTIATE_TEST_SUITE_P(Checkpoints, GoldenDevicesTest,
                         testing::Combine(testing::ValuesIn(Devices()), testing::ValuesIn(GoldenModels())), TestName);

}  // namespace
}  // namespace lathe
