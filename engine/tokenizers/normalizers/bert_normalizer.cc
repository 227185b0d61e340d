#include "engine/tokenizers/normalizers/bert_normalizer.h"

#include <cstddef>

#include "engine/tokenizers/unicode/canonical_order.h"
#include "engine/tokenizers/unicode/code_points.h"
#include "engine/tokenizers/unicode/utf8.h"

namespace lathe {
namespace {

// The steps for one text, one method each; a code point goes through all of them before the next one comes, which gives
// the same as one step after another: only canonical ordering looks further than one code point, and it keeps its own
// state.
class BertStream {
 public:
  BertStream(const BertNormalizerOptions& options, std::string& out)
      : options_(options), classes_(CodePointClasses()), out_(out) {}

  void Push(char32_t c) {
    if (options_.clean_text) {
      if ((classes_[c] & kOtherClass) != 0) return;
      if ((classes_[c] & kWhitespaceClass) != 0) c = ' ';
    }
    const bool apart = options_.handle_chinese_chars && (classes_[c] & kIdeographClass) != 0;
    if (apart) StripAccents(' ');
    StripAccents(c);
    if (apart) StripAccents(' ');
  }

  // Has to come before anything else is appended to the output.
  void Flush() { order_.Flush(lower_); }

 private:
  void StripAccents(char32_t c) {
    if (!options_.strip_accents) return Lower(c);
    char32_t parts[kDecompositionLengthMax];
    const int length = Decompose(c, Decomposition::kCanonical, parts);
    for (int i = 0; i < length; ++i) {
      // Removing before ordering instead of after it is the same, and a run of a million accents takes no memory.
      if ((classes_[parts[i]] & kNonspacingMarkClass) == 0) order_.Push(parts[i], lower_);
    }
  }

  void Lower(char32_t c) {
    if (!options_.lowercase || (classes_[c] & kUpperClass) == 0) return AppendUtf8(c, out_);
    AppendUtf8(Lowercase(c), out_);
    if (c == 0x130) AppendUtf8(0x307, out_);
  }

  const BertNormalizerOptions& options_;
  absl::Span<const uint16_t> classes_;
  std::string& out_;
  CanonicalOrder order_;
  struct LowerSink {
    BertStream* stream;
    void operator()(char32_t c) const { stream->Lower(c); }
  } lower_{this};
};

}  // namespace

BertNormalizer::BertNormalizer(const BertNormalizerOptions& options) : options_(options) {
  // No ASCII character has a decomposition, so that one byte becomes at most one byte whatever the options are.
  for (size_t c = 0; c < ascii_.size(); ++c) {
    std::string out;
    BertStream stream(options_, out);
    stream.Push(c);
    stream.Flush();
    ascii_[c] = {out.empty() ? '\0' : out[0], !out.empty()};
  }
}

void BertNormalizer::AppendAscii(absl::string_view text, std::string& out) const {
  const size_t begin = out.size();
  out.resize(begin + text.size());
  char* end = out.data() + begin;
  for (const char byte : text) {
    const AsciiForm form = ascii_[static_cast<unsigned char>(byte)];
    *end = form.byte;
    end += form.kept;
  }
  out.resize(end - out.data());
}

void BertNormalizer::Normalize(absl::string_view text, std::string& out) const {
  BertStream stream(options_, out);
  size_t position = 0;
  while (position < text.size()) {
    const size_t ascii = AsciiPrefix(text.substr(position));
    if (ascii > 0) {
      stream.Flush();
      AppendAscii(text.substr(position, ascii), out);
      position += ascii;
    } else {
      stream.Push(NextCodePoint(text, position));
    }
  }
  stream.Flush();
}

}  // namespace lathe
