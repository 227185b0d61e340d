// The index of a sharded checkpoint, `model.safetensors.index.json`: which file holds which tensor.
//
//   {"metadata": {...}, "weight_map": {"tensor name": "model-00001-of-00002.safetensors", ...}}
#ifndef LATHE_ENGINE_WEIGHTS_SAFETENSORS_INDEX_H_
#define LATHE_ENGINE_WEIGHTS_SAFETENSORS_INDEX_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace lathe {

// Shard file name -> the tensors that it must hold. Both in alphabetical order.
using ShardMap = std::map<std::string, std::vector<std::string>>;

// Parses an index. The file names come from the file, so each is checked to be a plain name: no folder, no "..",
// no control character. Keys other than weight_map say nothing about where tensors are and are left alone.
// Errors: INVALID_ARGUMENT: no JSON, a key twice, no weight_map or an empty one, a name that is no string or not plain,
// more than 1,000 shards.
absl::StatusOr<ShardMap> ParseSafetensorsIndex(absl::string_view json);

}  // namespace lathe

#endif  // LATHE_ENGINE_WEIGHTS_SAFETENSORS_INDEX_H_
