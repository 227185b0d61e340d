#include "server/config/manifest.h"

#include <filesystem>
#include <fstream>
#include <string>

#include "engine/base/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace lathe {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

TEST(ParseManifestTest, NeedsOnlyANameAndAPath) {
  ASSERT_OK_AND_ASSIGN(const Manifest manifest, ParseManifest("name: a\npath: ../m\n", "configs/models/a.yaml"));
  EXPECT_EQ(manifest.name, "a");
  EXPECT_EQ(manifest.version, 1);
  EXPECT_EQ(manifest.model_folder, "configs/m");
  EXPECT_EQ(manifest.device, "cpu");
  EXPECT_EQ(manifest.precision, "f32");
  EXPECT_EQ(manifest.batching.max_tokens, 4096);
  EXPECT_EQ(manifest.truncation, Truncation::kRight);
}

TEST(ParseManifestTest, ReadsEveryKey) {
  ASSERT_OK_AND_ASSIGN(const Manifest manifest, ParseManifest(R"(
name: a
version: 7
path: /models/a
device: cpu
precision: int8
max_length: 128
truncation: error
lanes: 2
batching: {max_tokens: 2048, max_queue_tokens: 9000, max_queue_calls: 30}
limits: {max_texts_per_call: 16, max_bytes_per_text: 4000}
)",
                                                              "a.yaml"));
  EXPECT_EQ(manifest.version, 7);
  EXPECT_EQ(manifest.model_folder, "/models/a");
  EXPECT_EQ(manifest.precision, "int8");
  EXPECT_EQ(manifest.max_length, 128);
  EXPECT_EQ(manifest.truncation, Truncation::kError);
  EXPECT_EQ(manifest.lanes, 2);
  EXPECT_EQ(manifest.batching.max_tokens, 2048);
  EXPECT_EQ(manifest.batching.max_queue_tokens, 9000);
  EXPECT_EQ(manifest.batching.max_queue_calls, 30);
  EXPECT_EQ(manifest.limits.max_texts_per_call, 16);
  EXPECT_EQ(manifest.limits.max_bytes_per_text, 4000);
}

TEST(ParseManifestTest, AQueueHoldsABatch) {
  EXPECT_THAT(ParseManifest("name: a\npath: m\nbatching: {max_tokens: 100, max_queue_tokens: 99}\n", "a.yaml"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "a.yaml:3: batching.max_queue_tokens: got 99, wanted at least batching.max_tokens, 100"));
}

TEST(ParseManifestTest, SaysEveryMistake) {
  EXPECT_THAT(
      ParseManifest("nmae: a\npath: m\ndevice: tpu\nversion: 0\n", "a.yaml"),
      StatusIs(absl::StatusCode::kInvalidArgument,
               AllOf(HasSubstr("a.yaml: name: missing"), HasSubstr("a.yaml:1: nmae: unknown key; did you mean name?"),
                     HasSubstr("a.yaml:3: device: got \"tpu\", wanted cpu"),
                     HasSubstr("a.yaml:4: version: got \"0\", wanted an integer from 1 to 2147483647"))));
}

TEST(ServedMaxLengthTest, IsTheManifestsOrElseTheModels) {
  ASSERT_OK_AND_ASSIGN(Manifest manifest, ParseManifest("name: a\npath: m\nmax_length: 128\n", "a.yaml"));
  EXPECT_THAT(ServedMaxLength(manifest, 512), IsOkAndHolds(128));
  manifest.max_length = 0;
  EXPECT_THAT(ServedMaxLength(manifest, 512), IsOkAndHolds(512));
}

TEST(ServedMaxLengthTest, FitsTheModelAndABatch) {
  ASSERT_OK_AND_ASSIGN(Manifest manifest,
                       ParseManifest("name: a\npath: m\nmax_length: 600\nbatching: {max_tokens: 550}\n", "a.yaml"));
  EXPECT_THAT(ServedMaxLength(manifest, 512),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "a.yaml:3: max_length: got 600, wanted at most what the model allows, 512"));
  EXPECT_THAT(ServedMaxLength(manifest, 1024),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "a.yaml:3: max_length: got 600, wanted at most batching.max_tokens, 550"));
  manifest.max_length = 0;
  EXPECT_THAT(ServedMaxLength(manifest, 1024),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("got 1024 (the model's own), wanted at most")));
}

// A folder of manifests, and beside it a model's.
class LoadManifestsTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    root_ = testing::TempDir() + "manifest_test." + info->name();
    std::filesystem::remove_all(root_);
    std::filesystem::create_directories(root_ + "/manifests");
    std::filesystem::create_directories(root_ + "/model");
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  void Write(const std::string& file, const std::string& text) { std::ofstream(root_ + "/manifests/" + file) << text; }
  absl::StatusOr<std::vector<Manifest>> Load() { return LoadManifests(root_ + "/manifests"); }

  std::string root_;
};

TEST_F(LoadManifestsTest, TakesYamlFilesInTheOrderOfTheirNames) {
  Write("b.yaml", "name: beta\npath: ../model\n");
  Write("a.yml", "name: alpha\npath: ../model\n");
  Write(".hidden.yaml", "not: read");
  Write("notes.txt", "not: read");
  Write("c.yaml.swp", "not: read");
  std::filesystem::create_directories(root_ + "/manifests/..data");
  ASSERT_OK_AND_ASSIGN(const std::vector<Manifest> manifests, Load());
  EXPECT_THAT(manifests, ElementsAre(Field(&Manifest::name, "alpha"), Field(&Manifest::name, "beta")));
  EXPECT_EQ(manifests[0].model_folder, root_ + "/model");
}

// As Kubernetes mounts a ConfigMap: each name is a link into ..data, itself a link to a folder with a date.
TEST_F(LoadManifestsTest, FollowsLinks) {
  const std::string folder = root_ + "/manifests/";
  std::filesystem::create_directories(folder + "..2026_01_31");
  std::ofstream(folder + "..2026_01_31/a.yaml") << "name: alpha\npath: ../model\n";
  std::filesystem::create_directory_symlink("..2026_01_31", folder + "..data");
  std::filesystem::create_symlink("..data/a.yaml", folder + "a.yaml");
  ASSERT_OK_AND_ASSIGN(const std::vector<Manifest> manifests, Load());
  EXPECT_THAT(manifests, ElementsAre(Field(&Manifest::model_folder, root_ + "/model")));
}

TEST_F(LoadManifestsTest, VersionsOfOneNameAreTwoModels) {
  Write("a1.yaml", "name: a\npath: ../model\n");
  Write("a2.yaml", "name: a\nversion: 2\npath: ../model\n");
  EXPECT_OK(Load());
}

TEST_F(LoadManifestsTest, ADuplicateNamesBothFiles) {
  Write("a.yaml", "path: ../model\nname: a\n");
  Write("b.yaml", "path: ../model\nname: a\n");
  EXPECT_THAT(Load(), StatusIs(absl::StatusCode::kInvalidArgument,
                               root_ + "/manifests/b.yaml:2: name: \"a\" version 1 is defined by " + root_ +
                                   "/manifests/a.yaml too"));
}

TEST_F(LoadManifestsTest, SaysTheMistakesOfAllFiles) {
  Write("a.yaml", "name: a\npath: ../nowhere\n");
  Write("b.yaml", "name: b\npth: ../model\n");
  std::filesystem::create_directories(root_ + "/manifests/c.yaml");
  std::filesystem::create_symlink("gone", root_ + "/manifests/d.yaml");
  EXPECT_THAT(Load(), StatusIs(absl::StatusCode::kInvalidArgument,
                               AllOf(HasSubstr("a.yaml:2: path: got \"../nowhere\", wanted a folder; there is none at"),
                                     HasSubstr("b.yaml:2: pth: unknown key; did you mean path?"),
                                     HasSubstr("c.yaml: not a regular file"), HasSubstr("d.yaml: No such file"))));
}

TEST_F(LoadManifestsTest, AnEmptyFolderIsNoMistakeButAMissingOneIs) {
  EXPECT_THAT(Load(), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(LoadManifests(root_ + "/none"), StatusIs(absl::StatusCode::kNotFound, StartsWith(root_ + "/none: ")));
}

}  // namespace
}  // namespace lathe
