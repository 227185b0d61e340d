#include "server/registry/model_registry.h"

#include "engine/base/status_matchers.h"
#include "server/registry/fake_model.h"

namespace lathe {
namespace {

using absl::StatusCode;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class ModelRegistryTest : public testing::Test {
 protected:
  ModelMetrics& Add(const std::string& name, int64_t version) {
    ModelMetrics& metrics = metrics_.AddModel(name, version);
    registry_.Add(name, version, metrics);
    return metrics;
  }
  void AddReady(const std::string& name, int64_t version) {
    ServedModelOptions options;
    options.name = name;
    options.version = version;
    registry_.SetReady(MakeFakeModel(options, Add(name, version), clock_));
  }

  SteadyClock clock_;
  Metrics metrics_{"test"};
  ModelRegistry registry_;
};

TEST_F(ModelRegistryTest, FindsTheHighestReadyVersion) {
  AddReady("sentiment", 1);
  AddReady("sentiment", 2);
  Add("sentiment", 3);
  ASSERT_OK_AND_ASSIGN(auto latest, registry_.Find("sentiment", 0).model);
  EXPECT_EQ(latest->options().version, 2);
  ASSERT_OK_AND_ASSIGN(auto first, registry_.Find("sentiment", 1).model);
  EXPECT_EQ(first->options().version, 1);
}

TEST_F(ModelRegistryTest, NoNameMeansTheOnlyModel) {
  EXPECT_THAT(registry_.Find("", 0).model, StatusIs(StatusCode::kNotFound));
  AddReady("sentiment", 1);
  EXPECT_OK(registry_.Find("", 0).model);
  AddReady("topics", 1);
  EXPECT_THAT(registry_.Find("", 0).model, StatusIs(StatusCode::kInvalidArgument, HasSubstr("sentiment, topics")));
}

TEST_F(ModelRegistryTest, SaysWhatIsServedInstead) {
  AddReady("sentiment", 1);
  EXPECT_THAT(registry_.Find("sentimint", 0).model,
              StatusIs(StatusCode::kNotFound, "model: \"sentimint\" is not served; served: sentiment"));
  EXPECT_THAT(registry_.Find("sentiment", 7).model, StatusIs(StatusCode::kNotFound, HasSubstr("no version 7")));
  EXPECT_EQ(registry_.Find("sentiment", 7).metrics, nullptr);
}

TEST_F(ModelRegistryTest, AModelThatIsNotReadyIsUnavailableAndCounted) {
  ModelMetrics& metrics = Add("sentiment", 1);
  EXPECT_THAT(registry_.Find("sentiment", 0).model, StatusIs(StatusCode::kUnavailable, HasSubstr("loading")));
  registry_.SetState("sentiment", 1, ModelState::kFailed);
  EXPECT_THAT(registry_.Find("sentiment", 1).model, StatusIs(StatusCode::kUnavailable, HasSubstr("failed")));
  EXPECT_EQ(registry_.Find("sentiment", 1).metrics, &metrics);
}

TEST_F(ModelRegistryTest, ADrainingModelIsFoundNoMore) {
  AddReady("sentiment", 1);
  EXPECT_THAT(registry_.Ready(), SizeIs(1));
  registry_.SetState("sentiment", 1, ModelState::kDraining);
  EXPECT_THAT(registry_.Find("sentiment", 0).model, StatusIs(StatusCode::kUnavailable, HasSubstr("draining")));
  EXPECT_THAT(registry_.Ready(), IsEmpty());
}

}  // namespace
}  // namespace lathe
