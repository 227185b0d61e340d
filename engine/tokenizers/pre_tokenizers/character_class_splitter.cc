#include "engine/tokenizers/pre_tokenizers/character_class_splitter.h"

#include <cstddef>

#include "engine/tokenizers/unicode/code_points.h"
#include "engine/tokenizers/unicode/utf8.h"

namespace lathe {

CharacterClassSplitter::CharacterClassSplitter(Rule rule) : rule_(rule) {
  for (size_t c = 0; c < ascii_.size(); ++c) ascii_[c] = KindOf(c);
}

CharacterClassSplitter::Kind CharacterClassSplitter::KindOf(char32_t code_point) const {
  const uint16_t classes = CodePointClasses()[code_point];
  if ((classes & kWhitespaceClass) != 0) return Kind::kSpace;
  switch (rule_) {
    case Rule::kBert:
      return (classes & kPunctuationClass) != 0 ? Kind::kAlone : Kind::kWord;
    case Rule::kWhitespace:
      return (classes & kWordClass) != 0 ? Kind::kWord : Kind::kOtherWord;
    case Rule::kWhitespaceSplit:
      break;
  }
  return Kind::kWord;
}

bool CharacterClassSplitter::Split(absl::string_view text, WordSink sink) const {
  Kind current = Kind::kSpace;  // Of the characters since `begin`.
  size_t begin = 0;
  for (size_t position = 0; position < text.size();) {
    const size_t start = position;
    const auto byte = static_cast<unsigned char>(text[position]);
    const Kind kind = byte < 0x80 ? (++position, ascii_[byte]) : KindOf(NextCodePoint(text, position));
    if (kind == current && kind != Kind::kAlone) continue;
    if (current != Kind::kSpace && !sink(text.substr(begin, start - begin))) return false;
    current = kind;
    begin = start;
  }
  return current == Kind::kSpace || sink(text.substr(begin));
}

bool PreTokenizerSequence::SplitFrom(size_t step, absl::string_view text, WordSink sink) const {
  if (step == steps_.size()) return text.empty() || sink(text);
  return steps_[step]->Split(text, [&](absl::string_view word) { return SplitFrom(step + 1, word, sink); });
}

}  // namespace lathe
