// The stored tensors of a model, by name.
//
// A weight's way: file -> TensorView here -> constant in the graph -> packed panel in the plan. The plan's copy is its
// own, so Weights, and with it the mapping of the files, is let go once a model is compiled. Tensors are read during
// loading only: a file that is cut short *while* it is mapped raises SIGBUS on access, and replacing a checkpoint by
// renaming a new file over it is always safe.
#ifndef LATHE_ENGINE_WEIGHTS_WEIGHTS_H_
#define LATHE_ENGINE_WEIGHTS_WEIGHTS_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/base/file.h"
#include "engine/weights/tensor.h"

namespace lathe {

// Immutable, so thread-safe.
class Weights {
 public:
  Weights(const Weights&) = delete;
  Weights& operator=(const Weights&) = delete;

  // The tensor of that name; nullptr when there is none. Lives as long as the Weights.
  const TensorView* Find(absl::string_view name) const;

  // Every tensor: by file, in the order of its data.
  absl::Span<const TensorView> tensors() const { return tensors_; }

  // What was loaded, for errors about a tensor that is missing: the path of the single file, or of the index.
  const std::string& path() const { return path_; }

  // A cheap name for the content, from the files' names, sizes, modification times and headers. Different identities
  // mean different checkpoints or copies of one; equal ones mean the same checkpoint as far as the file system can
  // tell. Stable between runs.
  const std::string& identity() const { return identity_; }

 private:
  friend class WeightsBuilder;
  Weights() = default;

  std::string path_;
  std::string identity_;
  std::vector<std::unique_ptr<MappedFile>> files_;
  std::vector<TensorView> tensors_;
  absl::flat_hash_map<std::string, size_t> by_name_;
};

// Loads the weights of a model folder: `model.safetensors`, or else the shards that `model.safetensors.index.json`
// names. `path` may also be one of those files. What a file is, its content tells and not its name. Maps the files
// and reads their headers alone.
// Errors: NOT_FOUND (no such file in the folder, or a shard is missing), INVALID_ARGUMENT (file, tensor and the rule of
// the format that is broken; a mapped tensor that its shard does not hold, or that two shards hold).
absl::StatusOr<std::shared_ptr<const Weights>> LoadWeights(const std::string& path);

}  // namespace lathe

#endif  // LATHE_ENGINE_WEIGHTS_WEIGHTS_H_
