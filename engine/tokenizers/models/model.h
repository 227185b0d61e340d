// Words to token ids.
#ifndef LATHE_ENGINE_TOKENIZERS_MODELS_MODEL_H_
#define LATHE_ENGINE_TOKENIZERS_MODELS_MODEL_H_

#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"

namespace lathe {

// Immutable and thread-safe.
class TokenModel {
 public:
  virtual ~TokenModel() = default;

  // Appends the ids of `word`, which is valid UTF-8 and not empty, in time linear in its length.
  virtual void Tokenize(absl::string_view word, std::vector<int32_t>& ids) const = 0;
};

}  // namespace lathe

#endif  // LATHE_ENGINE_TOKENIZERS_MODELS_MODEL_H_
