// Text to text, before it is split.
#ifndef LATHE_ENGINE_TOKENIZERS_NORMALIZERS_NORMALIZER_H_
#define LATHE_ENGINE_TOKENIZERS_NORMALIZERS_NORMALIZER_H_

#include <string>

#include "absl/strings/string_view.h"

namespace lathe {

// Immutable and thread-safe.
class Normalizer {
 public:
  virtual ~Normalizer() = default;

  // Appends the normal form of `text`, which is valid UTF-8, to `out`. Time is linear in the length of `text`; the
  // result is at most 18 code points long for one.
  virtual void Normalize(absl::string_view text, std::string& out) const = 0;
};

}  // namespace lathe

#endif  // LATHE_ENGINE_TOKENIZERS_NORMALIZERS_NORMALIZER_H_
