// Any bytes as a config.json: an error, or sizes that a graph can be built with.
#include <cstdint>
#include <cstdlib>

#include "absl/strings/string_view.h"
#include "engine/models/config.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto config = lathe::ParseModelConfig(absl::string_view(reinterpret_cast<const char*>(data), size), "fuzz");
  if (!config.ok()) return 0;
  if (config->heads < 1 || config->hidden % config->heads != 0 || config->layers < 1) std::abort();
  if (config->labels.empty() || config->vocabulary < 1 || config->positions < 1) std::abort();
  return 0;
}
