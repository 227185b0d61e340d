// Any bytes as a text, and as a pair split at the first NUL: an error exactly when they are not UTF-8, never more
// tokens than asked for, and the same tokens when the text is not cut off early.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>

#include "absl/strings/string_view.h"
#include "engine/tokenizers/format/tokenizer_json.h"
#include "engine/tokenizers/pipeline.h"
#include "engine/tokenizers/unicode/utf8.h"

namespace lathe {
namespace {

constexpr char kTokenizer[] = R"({
  "added_tokens": [
    {"id": 1, "content": "[M]", "single_word": true, "lstrip": true, "rstrip": true, "normalized": false, "special": true},
    {"id": 7, "content": "Ab", "single_word": false, "lstrip": false, "rstrip": true, "normalized": true, "special": false}],
  "normalizer": {"type": "Sequence", "normalizers": [{"type": "NFKC"}, {"type": "BertNormalizer", "clean_text": true,
    "handle_chinese_chars": true, "strip_accents": null, "lowercase": true}]},
  "pre_tokenizer": {"type": "BertPreTokenizer"},
  "post_processor": {"type": "BertProcessing", "sep": ["[S]", 2], "cls": ["[M]", 1]},
  "model": {"type": "WordPiece", "unk_token": "[U]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 20,
    "vocab": {"[U]": 0, "[M]": 1, "[S]": 2, "a": 3, "##a": 4, "##ab": 5, "##abac": 6}}
})";

void Check(bool condition) {
  if (!condition) std::abort();
}

void Fuzz(absl::string_view bytes) {
  static const Tokenizer& tokenizer = *MakePipeline(ParseTokenizerJson(kTokenizer).value()).value().release();
  const auto short_encoding = tokenizer.Encode(bytes, std::nullopt, {.max_length = 8});
  Check(short_encoding.ok() == !FindInvalidUtf8(bytes).has_value());
  if (!short_encoding.ok()) return;
  Check(short_encoding->ids.size() <= 8);
  const auto whole = tokenizer.Encode(bytes, std::nullopt, {.max_length = int64_t{1} << 40});
  Check(whole.ok() && short_encoding->truncated == (whole->ids.size() > 8));
  Check(std::equal(short_encoding->ids.begin(), short_encoding->ids.end() - 1, whole->ids.begin()));
  const size_t middle = std::min(bytes.find('\0'), bytes.size());
  const auto pair = tokenizer.Encode(bytes.substr(0, middle), bytes.substr(middle),
                                     {.max_length = 9, .truncation = Truncation::kLeft});
  Check(pair.ok() && pair->ids.size() <= 9 && pair->segment_ids.size() == pair->ids.size());
}

}  // namespace
}  // namespace lathe

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  lathe::Fuzz({reinterpret_cast<const char*>(data), size});
  return 0;
}
