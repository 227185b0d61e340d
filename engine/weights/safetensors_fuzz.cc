// Any bytes as a safetensors file: an error or tensors whose bytes lie inside the file and can all be read.
#include <cstdint>
#include <cstdlib>

#include "engine/weights/content.h"
#include "engine/weights/safetensors.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::Span<const uint8_t> file(data, size);
  (void)lathe::FormatOf(file).ok();
  const auto tensors = lathe::ParseSafetensors(file);
  if (!tensors.ok()) return 0;
  for (const lathe::TensorView& tensor : *tensors) {
    if (tensor.bytes.data() < data || tensor.bytes.data() + tensor.bytes.size() > data + size) std::abort();
    (void)lathe::ReadF32(tensor).ok();
  }
  return 0;
}
