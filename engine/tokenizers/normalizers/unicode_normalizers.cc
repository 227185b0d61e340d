#include "engine/tokenizers/normalizers/unicode_normalizers.h"

#include <cstddef>
#include <cstdint>
#include <optional>

#include "engine/tokenizers/unicode/canonical_order.h"
#include "engine/tokenizers/unicode/utf8.h"

namespace lathe {
namespace {

// Composes a stream in canonical order. A mark composes with the last starter unless something between them has the
// same or a larger class. Source: The Unicode Standard, section 3.11, D115-D117.
class Composer {
 public:
  explicit Composer(std::string& out) : out_(out) {}
  ~Composer() { Flush(); }

  void Push(char32_t c) {
    const uint8_t combining_class = CombiningClass(c);
    const bool blocked = !starter_ || (!between_.empty() && last_class_ >= combining_class);
    if (!blocked) {
      if (const std::optional<char32_t> whole = Compose(*starter_, c)) {
        starter_ = whole;
        return;
      }
    }
    if (combining_class == 0) {
      Flush();
      starter_ = c;
    } else {
      AppendUtf8(c, starter_ ? between_ : out_);
      last_class_ = combining_class;
    }
  }

 private:
  void Flush() {
    if (starter_) AppendUtf8(*starter_, out_);
    out_ += between_;
    between_.clear();
  }

  std::string& out_;
  std::optional<char32_t> starter_;
  std::string between_;
  uint8_t last_class_ = 0;
};

template <typename Sink>
void DecomposeText(absl::string_view text, Decomposition decomposition, Sink&& sink) {
  CanonicalOrder order;
  for (size_t position = 0; position < text.size();) {
    char32_t parts[kDecompositionLengthMax];
    const int length = Decompose(NextCodePoint(text, position), decomposition, parts);
    for (int i = 0; i < length; ++i) order.Push(parts[i], sink);
  }
  order.Flush(sink);
}

}  // namespace

void UnicodeForm::Normalize(absl::string_view text, std::string& out) const {
  if (AsciiPrefix(text) == text.size()) {
    out.append(text.data(), text.size());
  } else if (compose_) {
    Composer composer(out);
    DecomposeText(text, decomposition_, [&](char32_t c) { composer.Push(c); });
  } else {
    DecomposeText(text, decomposition_, [&](char32_t c) { AppendUtf8(c, out); });
  }
}

void LowercaseNormalizer::Normalize(absl::string_view text, std::string& out) const {
  const auto classes = CodePointClasses();
  for (size_t position = 0; position < text.size();) {
    const char32_t c = NextCodePoint(text, position);
    AppendUtf8((classes[c] & kUpperClass) != 0 ? Lowercase(c) : c, out);
    if (c == 0x130) AppendUtf8(0x307, out);
  }
}

void StripAccentsNormalizer::Normalize(absl::string_view text, std::string& out) const {
  const auto classes = CodePointClasses();
  for (size_t position = 0; position < text.size();) {
    const char32_t c = NextCodePoint(text, position);
    if ((classes[c] & kMarkClass) == 0) AppendUtf8(c, out);
  }
}

void NormalizerSequence::Normalize(absl::string_view text, std::string& out) const {
  std::string current(text);
  for (const auto& step : steps_) {
    std::string next;
    next.reserve(current.size());
    step->Normalize(current, next);
    current = std::move(next);
  }
  out += current;
}

}  // namespace lathe
