#include "engine/weights/safetensors_index.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/json/json.h"

namespace lathe {
namespace {

constexpr size_t kShardsMax = 1000;
constexpr size_t kNameBytesMax = 255;  // What file systems allow.

// Whether a name stays in its folder on every system: it is one component, and not a special one.
bool IsPlainFileName(absl::string_view name) {
  if (name.empty() || name.size() > kNameBytesMax || name == "." || name == "..") return false;
  return std::none_of(name.begin(), name.end(),
                      [](unsigned char c) { return c == '/' || c == '\\' || c == ':' || absl::ascii_iscntrl(c); });
}

}  // namespace

absl::StatusOr<ShardMap> ParseSafetensorsIndex(absl::string_view json) {
  ASSIGN_OR_RETURN(const JsonValue root, ParseJson(json));
  if (root.object() == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat("got ", root.Describe(), ", wanted an object"));
  }
  const JsonValue* weight_map = root.Find("weight_map");
  if (weight_map == nullptr || weight_map->object() == nullptr || weight_map->object()->empty()) {
    return absl::InvalidArgumentError(absl::StrCat("weight_map: ", weight_map ? weight_map->Describe() : "missing",
                                                   ", wanted an object that maps tensors to files"));
  }
  ShardMap shards;
  for (const auto& [tensor, file] : *weight_map->object()) {
    if (file.string() == nullptr || !IsPlainFileName(*file.string())) {
      return absl::InvalidArgumentError(absl::StrCat("weight_map: tensor ", Quoted(tensor), ": got ", file.Describe(),
                                                     ", wanted the plain name of a file in the same folder"));
    }
    shards[*file.string()].push_back(tensor);
    if (shards.size() > kShardsMax) {
      return absl::InvalidArgumentError(absl::StrCat("weight_map: more than ", kShardsMax, " files"));
    }
  }
  for (auto& [file, tensors] : shards) std::sort(tensors.begin(), tensors.end());
  return shards;
}

}  // namespace lathe
