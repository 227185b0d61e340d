// Normalised text to words.
#ifndef LATHE_ENGINE_TOKENIZERS_PRE_TOKENIZERS_PRE_TOKENIZER_H_
#define LATHE_ENGINE_TOKENIZERS_PRE_TOKENIZERS_PRE_TOKENIZER_H_

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"

namespace lathe {

// Receives the words of a text in order, none of them empty; returns whether it wants more.
using WordSink = absl::FunctionRef<bool(absl::string_view word)>;

// Immutable and thread-safe.
class PreTokenizer {
 public:
  virtual ~PreTokenizer() = default;

  // Splits `text`, which is valid UTF-8, in time linear in its length. Returns false when the sink wanted no more.
  virtual bool Split(absl::string_view text, WordSink sink) const = 0;
};

}  // namespace lathe

#endif  // LATHE_ENGINE_TOKENIZERS_PRE_TOKENIZERS_PRE_TOKENIZER_H_
