// Any bytes as a shard index: an error or plain file names.
#include <cstdint>
#include <cstdlib>

#include "absl/strings/string_view.h"
#include "engine/weights/safetensors_index.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto shards = lathe::ParseSafetensorsIndex(absl::string_view(reinterpret_cast<const char*>(data), size));
  if (!shards.ok()) return 0;
  for (const auto& [file, tensors] : *shards) {
    if (file.find('/') != std::string::npos || file.empty() || tensors.empty()) std::abort();
  }
  return 0;
}
