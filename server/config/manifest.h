// A manifest: the YAML file that names one model, where its files are and how it is served.
//
//   name: sentiment
//   path: ../../models/sst2-distilminilm
//   batching:
//     max_tokens: 4096
//
// Every key is a row of ManifestSettings(), which reads the file, and which docs/configuration.md is checked against.
#ifndef LATHE_SERVER_CONFIG_MANIFEST_H_
#define LATHE_SERVER_CONFIG_MANIFEST_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/tokenizers/tokenizer.h"
#include "server/config/setting.h"
#include "server/config/strict_yaml.h"

namespace lathe {

// A plain value. The initialisers are the defaults of the keys with the same names.
struct Manifest {
  struct Batching {
    int64_t max_tokens = 4096;          // The token budget of one batch.
    int64_t max_queue_tokens = 524288;  // As many as the largest call allowed: 1024 texts of 512 tokens.
    int64_t max_queue_calls = 4096;
  };
  struct Limits {
    int64_t max_texts_per_call = 1024;
    int64_t max_bytes_per_text = 1048576;
  };

  std::string name;
  int64_t version = 1;
  std::string path;  // The model's folder, relative to where the manifest is.
  std::string device = "cpu";
  std::string precision = "f32";  // "f32", "bf16" or "int8"; the engine says which of them it can compile.
  int64_t max_length = 0;         // Tokens of one text, special tokens included; 0: as long as the model allows.
  Truncation truncation = Truncation::kRight;  // For calls that do not say.
  int64_t lanes = 1;
  Batching batching;
  Limits limits;

  // Where the values came from; not keys.
  std::string model_folder;  // `path` resolved against the manifest's folder: what the engine loads.
  YamlPlaces places;         // File and lines, for errors that are found only at load.
};

// The keys of a manifest, each bound to its member of `manifest`, which must outlive them.
std::vector<Setting> ManifestSettings(Manifest& manifest);

// Parses the text of a manifest; `file` names it in errors and is what `path` is relative to. Touches no file.
// Errors: INVALID_ARGUMENT, one line per mistake: file, line, key, got, wanted.
absl::StatusOr<Manifest> ParseManifest(absl::string_view text, const std::string& file);

// Reads and parses one manifest and checks that the model's folder exists.
// Errors: as ReadFile and ParseManifest; INVALID_ARGUMENT at `path` when there is no such folder.
absl::StatusOr<Manifest> LoadManifest(const std::string& file);

// Loads every *.yaml and *.yml file directly in `folder`, in the order of their names; names that begin with a dot are
// left out, as is the `..data` of Kubernetes. An empty folder gives an empty list.
// Errors: NOT_FOUND (no such folder), else INVALID_ARGUMENT with the mistakes of all files, among them two files that
// define the same name and version.
absl::StatusOr<std::vector<Manifest>> LoadManifests(const std::string& folder);

// The longest text that the model is served with, in tokens, once `model_max_length`, what its position table allows,
// is known: the manifest's max_length, or the model's own where that is 0. Errors: INVALID_ARGUMENT when it is above
// the model's own or above the token budget, as no batch could hold it.
absl::StatusOr<int64_t> ServedMaxLength(const Manifest& manifest, int64_t model_max_length);

}  // namespace lathe

#endif  // LATHE_SERVER_CONFIG_MANIFEST_H_
