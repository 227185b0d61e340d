// The files that users read say what the code does: the tables of docs/configuration.md, and everything in configs/.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/config/manifest.h"
#include "server/config/server_config.h"

namespace lathe {
namespace {

namespace fs = std::filesystem;

const char kDocs[] = LATHE_SOURCE_DIR "/docs/configuration.md";
const char kConfigs[] = LATHE_SOURCE_DIR "/configs";

std::string ReadText(const fs::path& file) {
  std::ifstream stream(file);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

// The default of a key that must be given is that there is none.
std::string DefaultCell(const Setting& setting) {
  if (setting.required) return "required";
  const std::string value = setting.value.get();
  return absl::StrCat("`", value.empty() ? "\"\"" : value, "`");
}

std::string Row(const std::vector<std::string>& cells) {
  return absl::StrCat("| ", absl::StrJoin(cells, " | "), " |\n");
}

std::string ServerTable() {
  ServerConfig config;
  std::string table = "| key | flag, variable | values | default | meaning |\n|---|---|---|---|---|\n";
  for (const Setting& s : ServerSettings(config)) {
    table += Row({absl::StrCat("`", s.key, "`"), absl::StrCat("`", FlagName(s.key), "` `", EnvironmentName(s.key), "`"),
                  s.value.wanted, DefaultCell(s), s.help});
  }
  return table;
}

std::string ManifestTable() {
  Manifest manifest;
  std::string table = "| key | values | default | meaning |\n|---|---|---|---|\n";
  for (const Setting& s : ManifestSettings(manifest)) {
    table += Row({absl::StrCat("`", s.key, "`"), s.value.wanted, DefaultCell(s), s.help});
  }
  return table;
}

// `text` with what stands between the markers of `name` replaced by `table`.
std::string WithTable(const std::string& text, const std::string& name, const std::string& table) {
  const std::string begin = absl::StrCat("<!-- ", name, ": written by config_docs_test -->\n");
  const std::string end = absl::StrCat("<!-- end of ", name, " -->");
  const size_t from = text.find(begin);
  const size_t to = text.find(end);
  EXPECT_TRUE(from != std::string::npos && to != std::string::npos && from < to) << "no markers for " << name;
  if (from == std::string::npos || to == std::string::npos || from > to) return text;
  return absl::StrCat(text.substr(0, from + begin.size()), table, text.substr(to));
}

// With LATHE_UPDATE_DOCS set, writes the tables; the change is then reviewed as any other.
TEST(ConfigurationDocsTest, TablesAreTheSettings) {
  const std::string text = ReadText(kDocs);
  const std::string wanted =
      WithTable(WithTable(text, "server settings", ServerTable()), "manifest keys", ManifestTable());
  if (std::getenv("LATHE_UPDATE_DOCS") != nullptr) std::ofstream(kDocs) << wanted;
  EXPECT_EQ(ReadText(kDocs), wanted) << "run with LATHE_UPDATE_DOCS=1 to update";
}

std::vector<std::string> YamlFilesIn(const fs::path& folder) {
  std::vector<std::string> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".yaml") files.push_back(entry.path().string());
  }
  return files;
}

TEST(ConfigsTest, EveryServerConfigurationIsRead) {
  EXPECT_OK(LoadServerConfig(absl::StrCat(kConfigs, "/lathed.yaml")));
  const std::vector<std::string> examples = YamlFilesIn(absl::StrCat(kConfigs, "/examples"));
  EXPECT_GE(examples.size(), 3u);
  for (const std::string& file : examples) EXPECT_OK(LoadServerConfig(file));
}

TEST(ConfigsTest, EveryManifestIsRead) {
  ASSERT_OK_AND_ASSIGN(const std::vector<Manifest> examples, LoadManifests(absl::StrCat(kConfigs, "/examples/models")));
  EXPECT_EQ(examples.size(), YamlFilesIn(absl::StrCat(kConfigs, "/examples/models")).size());
}

TEST(ConfigsTest, TheDefaultServesTheEmbeddedModel) {
  ASSERT_OK_AND_ASSIGN(const ServerConfig config, LoadServerConfig(absl::StrCat(kConfigs, "/lathed.yaml")));
  ASSERT_OK_AND_ASSIGN(const std::vector<Manifest> manifests, LoadManifests(config.models.folder));
  ASSERT_EQ(manifests.size(), 1u);
  EXPECT_EQ(manifests[0].name, "sentiment");
  EXPECT_TRUE(fs::exists(manifests[0].model_folder + "/config.json"));
}

// A file that claims to show every key with its default does both.
TEST(ConfigsTest, TheCompleteExamplesAreComplete) {
  ServerConfig server, server_defaults;
  const std::string server_file = absl::StrCat(kConfigs, "/examples/every_server_setting.yaml");
  const std::vector<Setting> server_rows = ServerSettings(server);
  ASSERT_OK_AND_ASSIGN(const YamlPlaces server_places, ReadYaml(ReadText(server_file), server_file, server_rows));
  for (const Setting& s : ServerSettings(server_defaults)) {
    EXPECT_TRUE(server_places.lines.count(s.key)) << s.key;
    EXPECT_EQ(FindSetting(server_rows, s.key)->value.get(), s.value.get()) << s.key;
  }
  Manifest manifest, manifest_defaults;
  const std::string manifest_file = absl::StrCat(kConfigs, "/examples/models/every_key.yaml");
  const std::vector<Setting> manifest_rows = ManifestSettings(manifest);
  ASSERT_OK_AND_ASSIGN(const YamlPlaces places, ReadYaml(ReadText(manifest_file), manifest_file, manifest_rows));
  for (const Setting& s : ManifestSettings(manifest_defaults)) {
    EXPECT_TRUE(places.lines.count(s.key)) << s.key;
    if (s.required) continue;
    EXPECT_EQ(FindSetting(manifest_rows, s.key)->value.get(), s.value.get()) << s.key;
  }
}

}  // namespace
}  // namespace lathe
