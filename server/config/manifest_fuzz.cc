// Fuzzes the reading of manifests and of the server's configuration: whatever the bytes, they are read or refused, and
// what was read can be written and read again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "server/config/manifest.h"
#include "server/config/server_config.h"
#include "server/config/strict_yaml.h"

namespace {

// The settings as a file that gives each of them.
std::string WriteFlat(const std::vector<lathe::Setting>& settings) {
  std::string text, section;
  for (const lathe::Setting& setting : settings) {
    const size_t dot = setting.key.find('.');
    const std::string own_section = dot == std::string::npos ? "" : setting.key.substr(0, dot);
    if (own_section != section) absl::StrAppend(&text, own_section, ":\n");
    section = own_section;
    const bool quoted = setting.value.kind == lathe::SettingValue::Kind::kText && setting.key != "path";
    absl::StrAppend(&text, section.empty() ? "" : "  ", setting.key.substr(dot + 1), ": ", quoted ? "\"" : "",
                    setting.key == "path" ? "x" : setting.value.get(), quoted ? "\"" : "", "\n");
  }
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  absl::StatusOr<lathe::Manifest> manifest = lathe::ParseManifest(text, "fuzz.yaml");
  if (manifest.ok() && !lathe::ParseManifest(WriteFlat(lathe::ManifestSettings(*manifest)), "again.yaml").ok()) abort();
  if (!manifest.ok() && manifest.status().message().find("fuzz.yaml") != 0) abort();
  lathe::ServerConfig config;
  (void)lathe::ReadYaml(text, "fuzz.yaml", lathe::ServerSettings(config));
  return 0;
}
