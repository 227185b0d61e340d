// Any bytes as vocab.txt and, behind the first NUL, as tokenizer_config.json.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "absl/strings/string_view.h"
#include "engine/tokenizers/format/vocab_txt.h"
#include "engine/tokenizers/pipeline.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view all(reinterpret_cast<const char*>(data), size);
  const size_t end = all.find('\0');
  auto parts = lathe::ParseVocabTxt(all.substr(0, end), end == all.npos ? "{}" : all.substr(end + 1));
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
