#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_matchers.h"
#include "engine/ir/evaluate.h"
#include "engine/ir/text.h"
#include "engine/models/registry.h"

namespace lathe {
namespace {

using ::testing::HasSubstr;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

ModelConfig TinyConfig(const std::string& model_type) {
  ModelConfig config;
  config.model_type = model_type;
  config.vocabulary = 11;
  config.hidden = 6;
  config.feed_forward = 10;
  config.layers = 2;
  config.heads = 3;
  config.positions = 9;
  config.segment_types = model_type == "bert" ? 2 : 0;
  config.labels = {"a", "b", "c", "d"};
  return config;
}

// Records what an architecture asks for.
class RecordingWeights : public WeightSource {
 public:
  bool Has(absl::string_view name) const override { return random_->Has(name); }
  absl::StatusOr<std::shared_ptr<const ConstantSource>> Get(absl::string_view name,
                                                            const std::vector<NamedSize>& shape) const override {
    for (const NamedSize& size : shape) asked_[std::string(name)].push_back(size.value);
    return random_->Get(name, shape);
  }
  const std::map<std::string, std::vector<int64_t>>& asked() const { return asked_; }

 private:
  const std::unique_ptr<WeightSource> random_ = RandomWeights(1);
  mutable std::map<std::string, std::vector<int64_t>> asked_;
};

// A checkpoint of one value everywhere, as an architecture asks for it, in a folder of its own.
class CheckpointTest : public testing::TestWithParam<const char*> {
 protected:
  CheckpointTest() : folder_(absl::StrCat(testing::TempDir(), "/models_", getpid())), config_(TinyConfig(GetParam())) {
    std::filesystem::create_directories(folder_);
    RecordingWeights recording;
    EXPECT_OK(BuildModel(config_, recording));
    shapes_ = recording.asked();
  }
  ~CheckpointTest() override { std::filesystem::remove_all(folder_); }

  absl::StatusOr<Graph> Build() const {
    std::string header;
    uint64_t end = 0;
    for (const auto& [name, shape] : shapes_) {
      uint64_t bytes = dtype_ == "F32" ? 4 : 8;
      for (int64_t size : shape) bytes *= size;
      absl::StrAppend(&header, header.empty() ? "{" : ",", "\"", name, "\":{\"dtype\":\"", dtype_,
                      "\",\"shape\":", ShapeText(shape), ",\"data_offsets\":[", end, ",", end + bytes, "]}");
      end += bytes;
    }
    header += "}";
    const uint64_t length = header.size();
    std::ofstream(folder_ + "/model.safetensors", std::ios::binary)
        << std::string(reinterpret_cast<const char*>(&length), 8) << header << std::string(end, '\0');
    ASSIGN_OR_RETURN(auto weights, LoadWeights(folder_));
    return BuildModel(config_, *StoredWeights(weights));
  }

  const std::string folder_;
  ModelConfig config_;
  std::map<std::string, std::vector<int64_t>> shapes_;
  std::string dtype_ = "F32";
};

TEST_P(CheckpointTest, EveryTensorIsNeededInItsShape) {
  ASSERT_OK(Build());
  const auto shapes = shapes_;
  for (const auto& [name, shape] : shapes) {
    if (absl::StrContains(name, "word_embeddings")) continue;  // Tells the prefix; has its own test.
    shapes_.erase(name);
    EXPECT_THAT(Build(), StatusIs(kInvalid, HasSubstr(absl::StrCat("model.safetensors: no tensor \"", name, "\""))));
    shapes_ = shapes;
    shapes_[name].back() += 1;
    EXPECT_THAT(Build(),
                StatusIs(kInvalid, HasSubstr(absl::StrCat("tensor \"", name, "\": shape ", ShapeText(shapes_[name]),
                                                          ", wanted ", ShapeText(shape), " (config.json: "))));
    shapes_ = shapes;
  }
}

TEST_P(CheckpointTest, ABodyWithoutThePrefixIsFound) {
  const auto shapes = shapes_;
  shapes_.clear();
  for (const auto& [name, shape] : shapes) {
    const std::string prefix = absl::StrCat(GetParam(), ".");
    shapes_[name.rfind(prefix, 0) == 0 ? name.substr(prefix.size()) : name] = shape;
  }
  EXPECT_OK(Build());
  shapes_.erase("embeddings.word_embeddings.weight");
  EXPECT_THAT(Build(), StatusIs(kInvalid, HasSubstr(absl::StrCat("no tensor \"", GetParam(), ".embeddings.word_emb"))));
}

TEST_P(CheckpointTest, OldNamesOfNormsAreFound) {
  const auto shapes = shapes_;
  shapes_.clear();
  int renamed = 0;
  for (const auto& [name, shape] : shapes) {
    std::string stem = name;
    const size_t norm = name.find("LayerNorm.");
    if (norm != std::string::npos) {
      stem = name.substr(0, norm) + (absl::EndsWith(name, "weight") ? "LayerNorm.gamma" : "LayerNorm.beta");
      ++renamed;
    }
    shapes_[stem] = shape;
  }
  EXPECT_GT(renamed, 0);
  EXPECT_OK(Build());
}

TEST_P(CheckpointTest, IntegersAreNoWeights) {
  dtype_ = "I64";
  EXPECT_THAT(Build(), StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("type I64, wanted F32, F16 or BF16")));
}

TEST_P(CheckpointTest, TheGraphKeepsItsWeightsAliveAndHasTheirLabels) {
  ASSERT_OK_AND_ASSIGN(const Graph graph, Build());  // The Weights are gone.
  EXPECT_EQ(graph.outputs()[0]->type().ToString(), "f32[N, 4]");
  EXPECT_EQ(graph.inputs().size(), 4u);
  const Tensor ids = Tensor::Of<int32_t>({5}, {0, 10, 3, 4, 4});
  const Tensor segments = Tensor::Of<int32_t>({5}, {0, 0, 1, 0, 0});
  const Tensor positions = Tensor::Of<int32_t>({5}, {0, 1, 2, 0, 1});
  ASSERT_OK_AND_ASSIGN(auto outputs,
                       Evaluate(graph, {ids, segments, positions, Tensor::Of<int32_t>({3}, {0, 3, 5})}, {5, 2}));
  EXPECT_THAT(outputs[0].data<float>(), testing::Each(0.0f));  // Every weight is zero.
}

INSTANTIATE_TEST_SUITE_P(Architectures, CheckpointTest, testing::Values("bert", "distilbert"),
                         [](const auto& info) { return std::string(info.param); });

TEST(Registry, EveryRowIsTested) {
  for (const Architecture& row : Architectures()) {
    EXPECT_TRUE(std::string(row.model_type) == "bert" || std::string(row.model_type) == "distilbert") << row.model_type;
  }
  EXPECT_THAT(BuildModel(TinyConfig("t5"), *RandomWeights(1)), StatusIs(absl::StatusCode::kUnimplemented));
}

TEST(RandomWeights, AreSmallAndTheSameForOneSeedAndName) {
  const auto read = [](uint64_t seed, const char* name) {
    return *(*RandomWeights(seed)->Get(name, {{"n", 1000}}))->Read();
  };
  const Tensor a = read(1, "a");
  const std::vector<float> first(a.data<float>().begin(), a.data<float>().end());
  EXPECT_THAT(read(1, "a").data<float>(), testing::ElementsAreArray(first));
  EXPECT_THAT(read(1, "b").data<float>(), testing::Not(testing::ElementsAreArray(first)));
  EXPECT_THAT(read(2, "a").data<float>(), testing::Not(testing::ElementsAreArray(first)));
  EXPECT_THAT(first, testing::Each(testing::AllOf(testing::Ge(-0.05f), testing::Le(0.05f))));
  EXPECT_THAT(read(1, "LayerNorm.weight").data<float>(), testing::Each(testing::FloatNear(1, 0.051)));
}

}  // namespace
}  // namespace lathe
