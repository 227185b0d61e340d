// Text to token ids, exactly as the reference implementation of the model's tokenizer does it.
#ifndef LATHE_ENGINE_TOKENIZERS_TOKENIZER_H_
#define LATHE_ENGINE_TOKENIZERS_TOKENIZER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace lathe {

// What happens to a text that is longer than `max_length` tokens, special tokens counted.
enum class Truncation {
  kRight,  // Drops tokens from the end; of a pair, from the longer one first ("longest_first").
  kLeft,   // The same from the beginning.
  kError,  // Refuses the text.
};

struct EncodeOptions {
  int64_t max_length = 512;  // Tokens, special tokens included. Wanted: at least the number of special tokens.
  Truncation truncation = Truncation::kRight;
};

struct Encoding {
  std::vector<int32_t> ids;
  std::vector<int32_t> segment_ids;  // Token types: 0, and 1 for the second text of a pair. As long as `ids`.
  bool truncated = false;
};

// Immutable and thread-safe once loaded. Time is linear in the length of the text, whatever the text.
class Tokenizer {
 public:
  // Loads the tokenizer of a model folder: `tokenizer.json`, or else `vocab.txt` with `tokenizer_config.json`.
  // Errors: NOT_FOUND (neither is there), INVALID_ARGUMENT (malformed, naming file and key), UNIMPLEMENTED (a part that
  // is not supported, by name).
  static absl::StatusOr<std::unique_ptr<Tokenizer>> Load(const std::string& folder);
  virtual ~Tokenizer() = default;

  // Encodes a text, or a pair of texts.
  // Errors: INVALID_ARGUMENT, beginning with "text: " or "pair: " (not valid UTF-8, with the byte offset; too long
  // under Truncation::kError, with both lengths) or with "max_length: " (no room for the special tokens).
  virtual absl::StatusOr<Encoding> Encode(absl::string_view text, std::optional<absl::string_view> pair,
                                          const EncodeOptions& options) const = 0;

  // One more than the largest id that Encode can produce.
  virtual int64_t vocabulary_size() const = 0;
};

}  // namespace lathe

#endif  // LATHE_ENGINE_TOKENIZERS_TOKENIZER_H_
