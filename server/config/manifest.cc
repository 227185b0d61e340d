#include "server/config/manifest.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/file.h"
#include "engine/base/status_macros.h"
#include "server/config/quote.h"
#include "server/config/yaml_tree.h"

namespace lathe {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kTokensMax =
    1 << 20;  // Far above any text that a classifier reads; keeps sums of tokens far from 2^63.
constexpr int64_t kCountMax = 1 << 20;
constexpr int64_t kBytesMax = 1 << 30;
constexpr int64_t kLanesMax = 256;

std::string ResolveBeside(const std::string& file, const std::string& path) {
  return (fs::path(file).parent_path() / path).lexically_normal().string();
}

absl::Status CheckQueueHoldsABatch(const Manifest& manifest) {
  if (manifest.batching.max_queue_tokens >= manifest.batching.max_tokens) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(manifest.places.Of("batching.max_queue_tokens"), ": got ", manifest.batching.max_queue_tokens,
                   ", wanted at least batching.max_tokens, ", manifest.batching.max_tokens));
}

// A file of the folder that is meant to be read: hidden ones belong to editors and to Kubernetes.
bool IsManifestName(const std::string& name) {
  return !absl::StartsWith(name, ".") && (absl::EndsWith(name, ".yaml") || absl::EndsWith(name, ".yml"));
}

absl::StatusOr<std::vector<std::string>> ListManifestFiles(const std::string& folder) {
  std::error_code error;
  std::vector<std::string> files;
  fs::directory_iterator entries(folder, error);
  for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
    if (IsManifestName(entries->path().filename().string())) files.push_back(entries->path().string());
  }
  if (error) {
    return absl::NotFoundError(absl::StrCat(folder, ": wanted a folder of manifests: ", error.message()));
  }
  std::sort(files.begin(), files.end());
  return files;
}

// Names both files for every name and version that two manifests define.
std::vector<std::string> FindDuplicates(const std::vector<Manifest>& manifests) {
  std::map<std::pair<std::string, int64_t>, const Manifest*> first;
  std::vector<std::string> mistakes;
  for (const Manifest& manifest : manifests) {
    const auto [place, added] = first.emplace(std::pair(manifest.name, manifest.version), &manifest);
    if (added) continue;
    mistakes.push_back(absl::StrCat(manifest.places.Of("name"), ": ", QuoteForMessage(manifest.name), " version ",
                                    manifest.version, " is defined by ", place->second->places.file, " too"));
  }
  return mistakes;
}

}  // namespace

std::vector<Setting> ManifestSettings(Manifest& m) {
  return {
      {"name", NameValue(m.name), "what clients call the model; unique in the folder together with `version`", true},
      {"version", IntegerValue(m.version, 1, INT32_MAX), "a client that names no version gets the highest"},
      {"path", PathValue(m.path), "the model's folder, relative to the manifest's", true},
      {"device", ChoiceValue(m.device, {"cpu"}), "what the model runs on"},
      {"precision", ChoiceValue(m.precision, {"f32", "bf16", "int8"}), "the arithmetic of the compiled model"},
      {"max_length", IntegerValue(m.max_length, 0, kTokensMax),
       "longest text in tokens, special tokens included; 0: as long as the model allows"},
      {"truncation",
       EnumValue<Truncation>(
           m.truncation, {{"right", Truncation::kRight}, {"left", Truncation::kLeft}, {"error", Truncation::kError}}),
       "what happens to longer texts, where a call does not say: drop the end, drop the beginning, or refuse the call"},
      {"lanes", IntegerValue(m.lanes, 1, kLanesMax), "batches that run at the same time"},
      {"batching.max_tokens", IntegerValue(m.batching.max_tokens, 1, kTokensMax),
       "the token budget: the most tokens of one batch"},
      {"batching.max_queue_tokens", IntegerValue(m.batching.max_queue_tokens, 1, kCountMax * kCountMax),
       "tokens that may wait; a call that does not fit is refused"},
      {"batching.max_queue_calls", IntegerValue(m.batching.max_queue_calls, 1, kCountMax),
       "calls that may wait; further ones are refused"},
      {"limits.max_texts_per_call", IntegerValue(m.limits.max_texts_per_call, 1, kCountMax),
       "texts, or pairs of texts, in one call"},
      {"limits.max_bytes_per_text", IntegerValue(m.limits.max_bytes_per_text, 1, kBytesMax), "bytes of one text"},
  };
}

absl::StatusOr<Manifest> ParseManifest(absl::string_view text, const std::string& file) {
  Manifest manifest;
  ASSIGN_OR_RETURN(manifest.places, ReadYaml(text, file, ManifestSettings(manifest)));
  RETURN_IF_ERROR(CheckQueueHoldsABatch(manifest));
  manifest.model_folder = ResolveBeside(file, manifest.path);
  return manifest;
}

absl::StatusOr<Manifest> LoadManifest(const std::string& file) {
  ASSIGN_OR_RETURN(const std::string text, ReadFile(file, kYamlBytesMax));
  ASSIGN_OR_RETURN(Manifest manifest, ParseManifest(text, file));
  std::error_code error;
  if (!fs::is_directory(manifest.model_folder, error)) {
    return absl::InvalidArgumentError(absl::StrCat(manifest.places.Of("path"), ": got ", QuoteForMessage(manifest.path),
                                                   ", wanted a folder; there is none at ", manifest.model_folder));
  }
  return manifest;
}

absl::StatusOr<std::vector<Manifest>> LoadManifests(const std::string& folder) {
  ASSIGN_OR_RETURN(const std::vector<std::string> files, ListManifestFiles(folder));
  std::vector<Manifest> manifests;
  std::vector<std::string> mistakes;
  for (const std::string& file : files) {
    absl::StatusOr<Manifest> manifest = LoadManifest(file);
    if (manifest.ok()) {
      manifests.push_back(*std::move(manifest));
    } else {
      mistakes.emplace_back(manifest.status().message());
    }
  }
  for (std::string& duplicate : FindDuplicates(manifests)) mistakes.push_back(std::move(duplicate));
  if (!mistakes.empty()) return absl::InvalidArgumentError(absl::StrJoin(mistakes, "\n"));
  return manifests;
}

absl::StatusOr<int64_t> ServedMaxLength(const Manifest& manifest, int64_t model_max_length) {
  const std::string place = manifest.places.Of("max_length");
  if (manifest.max_length > model_max_length) {
    return absl::InvalidArgumentError(absl::StrCat(place, ": got ", manifest.max_length,
                                                   ", wanted at most what the model allows, ", model_max_length));
  }
  const int64_t served = manifest.max_length > 0 ? manifest.max_length : model_max_length;
  if (served > manifest.batching.max_tokens) {
    return absl::InvalidArgumentError(
        absl::StrCat(place, ": got ", served, manifest.max_length > 0 ? "" : " (the model's own)",
                     ", wanted at most batching.max_tokens, ", manifest.batching.max_tokens));
  }
  return served;
}

}  // namespace lathe
