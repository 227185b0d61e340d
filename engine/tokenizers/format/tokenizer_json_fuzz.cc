// Any bytes as tokenizer.json: an error, or a tokenizer that encodes without producing an id that it denies having.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "engine/tokenizers/format/tokenizer_json.h"
#include "engine/tokenizers/pipeline.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  auto parts = lathe::ParseTokenizerJson({reinterpret_cast<const char*>(data), size});
  if (!parts.ok()) return 0;
  const auto tokenizer = lathe::MakePipeline(*std::move(parts));
  if (!tokenizer.ok()) return 0;
  const auto encoding = (*tokenizer)->Encode("Caf\xc3\xa9 [MASK] a, b", "x\xcc\x81 ##y", {.max_length = 20});
  if (!encoding.ok()) return 0;
  for (const int32_t id : encoding->ids) {
    if (id < 0 || id >= (*tokenizer)->vocabulary_size()) std::abort();
  }
  return 0;
}
