// Unicode's own forms, lower case, and the removal of marks, each a normaliser by itself.
//
// Source: Unicode Standard Annex 15 (forms); which characters are meant, as in tokenizers 0.23.3.
#ifndef LATHE_ENGINE_TOKENIZERS_NORMALIZERS_UNICODE_NORMALIZERS_H_
#define LATHE_ENGINE_TOKENIZERS_NORMALIZERS_UNICODE_NORMALIZERS_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "engine/tokenizers/normalizers/normalizer.h"
#include "engine/tokenizers/unicode/code_points.h"

namespace lathe {

// NFD, NFKD; with `compose` NFC, NFKC.
class UnicodeForm final : public Normalizer {
 public:
  UnicodeForm(Decomposition decomposition, bool compose) : decomposition_(decomposition), compose_(compose) {}
  void Normalize(absl::string_view text, std::string& out) const override;

 private:
  Decomposition decomposition_;
  bool compose_;
};

// Lowers the case of each code point by itself: a final sigma becomes σ.
class LowercaseNormalizer final : public Normalizer {
 public:
  void Normalize(absl::string_view text, std::string& out) const override;
};

// Removes every mark (categories M*). It decomposes nothing: put NFD before it.
class StripAccentsNormalizer final : public Normalizer {
 public:
  void Normalize(absl::string_view text, std::string& out) const override;
};

// One normaliser after another.
class NormalizerSequence final : public Normalizer {
 public:
  explicit NormalizerSequence(std::vector<std::unique_ptr<Normalizer>> steps) : steps_(std::move(steps)) {}
  void Normalize(absl::string_view text, std::string& out) const override;

 private:
  std::vector<std::unique_ptr<Normalizer>> steps_;
};

}  // namespace lathe

#endif  // LATHE_ENGINE_TOKENIZERS_NORMALIZERS_UNICODE_NORMALIZERS_H_
