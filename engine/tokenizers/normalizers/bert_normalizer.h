// BERT's normaliser: clean, set ideographs apart, strip accents, lower the case, in this order.
//
// Source: google-research/bert, tokenization.py, BasicTokenizer; which characters are meant, as in tokenizers 0.23.3.
#ifndef LATHE_ENGINE_TOKENIZERS_NORMALIZERS_BERT_NORMALIZER_H_
#define LATHE_ENGINE_TOKENIZERS_NORMALIZERS_BERT_NORMALIZER_H_

#include <array>
#include <string>

#include "absl/strings/string_view.h"
#include "engine/tokenizers/normalizers/normalizer.h"

namespace lathe {

struct BertNormalizerOptions {
  bool clean_text = true;            // Removes control characters; all white space becomes a plain space.
  bool handle_chinese_chars = true;  // Puts a space on both sides of each ideograph.
  bool strip_accents = true;         // NFD, then nonspacing marks are removed.
  bool lowercase = true;
};

class BertNormalizer final : public Normalizer {
 public:
  explicit BertNormalizer(const BertNormalizerOptions& options);
  void Normalize(absl::string_view text, std::string& out) const override;

 private:
  // What one ASCII byte becomes: a byte, or nothing.
  struct AsciiForm {
    char byte;
    bool kept;
  };

  void AppendAscii(absl::string_view text, std::string& out) const;

  BertNormalizerOptions options_;
  std::array<AsciiForm, 128> ascii_;
};

}  // namespace lathe

#endif  // LATHE_ENGINE_TOKENIZERS_NORMALIZERS_BERT_NORMALIZER_H_
