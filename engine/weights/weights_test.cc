#include "engine/weights/weights.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "engine/base/status_matchers.h"
#include "engine/weights/safetensors_index.h"

namespace lathe {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
const char kFolder[] = LATHE_SOURCE_DIR "/engine/weights/";

// A fresh folder, removed with its content at the end of a test.
class LoadWeightsTest : public testing::Test {
 protected:
  LoadWeightsTest() : folder_(absl::StrCat(testing::TempDir(), "/weights_", getpid(), "_", Name())) {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  ~LoadWeightsTest() override { fs::remove_all(folder_); }

  static std::string Name() { return testing::UnitTest::GetInstance()->current_test_info()->name(); }

  std::string Path(const std::string& name) const { return folder_ + "/" + name; }
  void Write(const std::string& name, const std::string& content) const {
    std::ofstream(Path(name), std::ios::binary) << content;
  }
  // A file with one F32 tensor of two elements for each name.
  void WriteShard(const std::string& name, const std::vector<std::string>& tensors) const {
    std::string header = "{";
    for (size_t i = 0; i < tensors.size(); ++i) {
      absl::StrAppend(&header, i ? "," : "", "\"", tensors[i], "\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[",
                      8 * i, ",", 8 * i + 8, "]}");
    }
    header += "}";
    const uint64_t length = header.size();
    Write(name,
          std::string(reinterpret_cast<const char*>(&length), 8) + header + std::string(8 * tensors.size(), '\0'));
  }
  void WriteIndex(const std::string& map) const {
    Write("model.safetensors.index.json", "{\"metadata\":{\"total_size\":1},\"weight_map\":{" + map + "}}");
  }

  const std::string folder_;
};

TEST_F(LoadWeightsTest, ASingleFileIsLoadedByFolderAndByPath) {
  WriteShard("model.safetensors", {"a", "b"});
  for (const std::string& path : {folder_, folder_ + "/", Path("model.safetensors")}) {
    ASSERT_OK_AND_ASSIGN(auto weights, LoadWeights(path));
    ASSERT_NE(weights->Find("b"), nullptr);
    EXPECT_EQ(weights->Find("b")->bytes.size(), 8u);
    EXPECT_EQ(*weights->Find("b")->file, Path("model.safetensors"));
    EXPECT_EQ(weights->path(), Path("model.safetensors"));
    EXPECT_EQ(weights->Find("c"), nullptr);
    EXPECT_EQ(weights->tensors().size(), 2u);
  }
}

TEST_F(LoadWeightsTest, ShardsAreJoined) {
  WriteShard("one.safetensors", {"a", "c"});
  WriteShard("two.safetensors", {"b"});
  WriteIndex(R"("b":"two.safetensors","a":"one.safetensors","c":"one.safetensors")");
  ASSERT_OK_AND_ASSIGN(auto weights, LoadWeights(folder_));
  EXPECT_EQ(*weights->Find("a")->file, Path("one.safetensors"));
  EXPECT_EQ(*weights->Find("b")->file, Path("two.safetensors"));
  EXPECT_EQ(weights->path(), Path("model.safetensors.index.json"));
}

TEST_F(LoadWeightsTest, ATensorThatItsShardLacksIsRefused) {
  WriteShard("one.safetensors", {"a"});
  WriteShard("two.safetensors", {"b"});
  WriteIndex(R"("a":"one.safetensors","b":"one.safetensors")");
  EXPECT_THAT(LoadWeights(folder_), StatusIs(kInvalid, AllOf(HasSubstr("one.safetensors: tensor \"b\": not in this"),
                                                             HasSubstr("index.json says so"))));
  WriteIndex(R"("a":"one.safetensors","b":"one.safetensors","c":"two.safetensors")");
  EXPECT_THAT(LoadWeights(folder_), StatusIs(kInvalid, HasSubstr("one.safetensors: tensor \"b\": not in this")));
}

TEST_F(LoadWeightsTest, ATensorInTwoShardsIsRefused) {
  WriteShard("one.safetensors", {"a"});
  WriteShard("two.safetensors", {"b", "a"});
  WriteIndex(R"("a":"one.safetensors","b":"two.safetensors")");
  EXPECT_THAT(LoadWeights(folder_),
              StatusIs(kInvalid, AllOf(HasSubstr("two.safetensors: tensor \"a\": also in"), HasSubstr("one.safeten"))));
}

TEST_F(LoadWeightsTest, WhatIsMissingIsNamed) {
  EXPECT_THAT(LoadWeights(folder_), StatusIs(absl::StatusCode::kNotFound, HasSubstr("wanted model.safetensors or")));
  EXPECT_THAT(LoadWeights("/no/such"), StatusIs(absl::StatusCode::kNotFound, HasSubstr("/no/such: No such file")));
  WriteIndex(R"("a":"gone.safetensors")");
  EXPECT_THAT(LoadWeights(folder_), StatusIs(absl::StatusCode::kNotFound, HasSubstr("gone.safetensors: No such")));
}

TEST_F(LoadWeightsTest, ErrorsOfAFileBeginWithItsPath) {
  fs::copy_file(absl::StrCat(kFolder, "corpus/layout_hole.safetensors"), Path("model.safetensors"));
  EXPECT_THAT(LoadWeights(folder_),
              StatusIs(kInvalid, HasSubstr(Path("model.safetensors") + ": tensor \"b\": data_offsets begin at 12")));
}

TEST_F(LoadWeightsTest, OtherContentIsNamedForWhatItIs) {
  const std::pair<std::string, std::string> cases[] = {
      {"PK\x03\x04 and more", "is a zip archive"},
      {"GGUF\x03", "is a GGUF file"},
      {std::string("\x80\x02}q", 4), "is a Python pickle"},
      {"version https://git-lfs.github.com/spec/v1\noid sha256:", "is a Git LFS pointer"},
      {"<!DOCTYPE html>", "is an HTML page"},
      {"\x1f\x8b\x08", "is gzip-compressed"},
  };
  for (const auto& [content, description] : cases) {
    Write("model.safetensors", content);
    EXPECT_THAT(LoadWeights(folder_),
                StatusIs(kInvalid, AllOf(HasSubstr("wanted safetensors"), HasSubstr(description))));
  }
}

TEST_F(LoadWeightsTest, IdentityFollowsHeaderSizeAndTime) {
  WriteShard("model.safetensors", {"a", "b"});
  const auto time = fs::last_write_time(Path("model.safetensors"));
  const auto identity = [&] { return (*LoadWeights(folder_))->identity(); };
  const std::string first = identity();
  EXPECT_EQ(identity(), first);
  fs::last_write_time(Path("model.safetensors"), time + std::chrono::milliseconds(1));
  EXPECT_NE(identity(), first);
  WriteShard("model.safetensors", {"a", "c"});
  fs::last_write_time(Path("model.safetensors"), time);
  EXPECT_NE(identity(), first);
}

TEST(SafetensorsIndex, EveryBrokenRuleIsNamed) {
  const std::pair<const char*, const char*> cases[] = {
      {"not_json", "not valid JSON"},
      {"not_object", "got an array, wanted an object"},
      {"no_map", "weight_map: missing, wanted an object"},
      {"empty_map", "weight_map: an object, wanted an object that maps tensors to files"},
      {"map_list", "weight_map: an array, wanted an object"},
      {"file_number", "tensor \"a\": got the number 1, wanted the plain name"},
      {"file_in_folder", "wanted the plain name"},
      {"file_above", "wanted the plain name"},
      {"file_dots", "wanted the plain name"},
      {"file_absolute", "wanted the plain name"},
      {"file_backslash", "wanted the plain name"},
      {"file_drive", "wanted the plain name"},
      {"file_nul", "got a string \"one\\000.safetensors\", wanted the plain name"},
      {"file_empty", "wanted the plain name"},
      {"tensor_twice", "key \"a\" stands twice"},
  };
  for (const auto& [name, message] : cases) {
    ASSERT_OK_AND_ASSIGN(std::string json, ReadFile(absl::StrCat(kFolder, "index_corpus/", name, ".json"), 1 << 20));
    EXPECT_THAT(ParseSafetensorsIndex(json), StatusIs(kInvalid, HasSubstr(message))) << name;
  }
}

}  // namespace
}  // namespace lathe
