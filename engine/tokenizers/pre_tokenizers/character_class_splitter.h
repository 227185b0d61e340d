// Pre-tokenizers that need to know no more of a character than its class.
//
// Source: tokenizers 0.23.3, pre-tokenizers BertPreTokenizer, Whitespace and WhitespaceSplit.
#ifndef LATHE_ENGINE_TOKENIZERS_PRE_TOKENIZERS_CHARACTER_CLASS_SPLITTER_H_
#define LATHE_ENGINE_TOKENIZERS_PRE_TOKENIZERS_CHARACTER_CLASS_SPLITTER_H_

#include <array>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "engine/tokenizers/pre_tokenizers/pre_tokenizer.h"

namespace lathe {

class CharacterClassSplitter final : public PreTokenizer {
 public:
  enum class Rule {
    kBert,        // Splits at white space; every punctuation character is a word.
    kWhitespace,  // Runs of word characters, and runs of whatever else is not white space: \w+|[^\w\s]+
    kWhitespaceSplit,
  };

  explicit CharacterClassSplitter(Rule rule);
  bool Split(absl::string_view text, WordSink sink) const override;

 private:
  enum class Kind : uint8_t { kSpace, kWord, kOtherWord, kAlone };

  Kind KindOf(char32_t code_point) const;

  Rule rule_;
  std::array<Kind, 128> ascii_;
};

// Splits by the first, then what came out of it by the second, and so on.
class PreTokenizerSequence final : public PreTokenizer {
 public:
  explicit PreTokenizerSequence(std::vector<std::unique_ptr<PreTokenizer>> steps) : steps_(std::move(steps)) {}
  bool Split(absl::string_view text, WordSink sink) const override { return SplitFrom(0, text, sink); }

 private:
  bool SplitFrom(size_t step, absl::string_view text, WordSink sink) const;

  std::vector<std::unique_ptr<PreTokenizer>> steps_;
};

}  // namespace lathe

#endif  // LATHE_ENGINE_TOKENIZERS_PRE_TOKENIZERS_CHARACTER_CLASS_SPLITTER_H_
