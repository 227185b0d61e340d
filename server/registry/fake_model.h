// A served model for tests: a byte is a token, and the logits are FakeRunner's.
#ifndef LATHE_SERVER_REGISTRY_FAKE_MODEL_H_
#define LATHE_SERVER_REGISTRY_FAKE_MODEL_H_

#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/batching/fake_runner.h"
#include "server/registry/served_model.h"

namespace lathe {

// Id 1, then each byte's value + 2; of a pair, id 1 again and the bytes of the second text. Refuses the byte 0xFF, as a
// real tokenizer refuses what is not UTF-8.
class FakeTokenizer final : public Tokenizer {
 public:
  absl::StatusOr<Encoding> Encode(absl::string_view text, std::optional<absl::string_view> pair,
                                  const EncodeOptions& options) const override {
    Encoding encoding;
    Append(text, 0, encoding);
    if (pair.has_value()) Append(*pair, 1, encoding);
    const size_t bad = text.find('\xff');
    if (bad != absl::string_view::npos)
      return absl::InvalidArgumentError(absl::StrCat("text: not UTF-8 at byte ", bad));
    if (static_cast<int64_t>(encoding.ids.size()) <= options.max_length) return encoding;
    if (options.truncation == Truncation::kError) return absl::InvalidArgumentError("text: too long");
    encoding.ids.resize(options.max_length);
    encoding.segment_ids.resize(options.max_length);
    encoding.truncated = true;
    return encoding;
  }
  int64_t vocabulary_size() const override { return 258; }

 private:
  static void Append(absl::string_view text, int32_t segment, Encoding& encoding) {
    encoding.ids.push_back(1);
    for (const char c : text) encoding.ids.push_back(static_cast<unsigned char>(c) + 2);
    encoding.segment_ids.resize(encoding.ids.size(), segment);
  }
};

// A model on `runner`; names FakeRunner's two labels when `options` names none.
inline std::shared_ptr<ServedModel> MakeFakeModel(ServedModelOptions options, ModelMetrics& metrics, const Clock& clock,
                                                  std::unique_ptr<FakeRunner> runner = std::make_unique<FakeRunner>()) {
  static const auto* const tokenizer = new FakeTokenizer;
  if (options.labels.empty()) options.labels = {"negative", "positive"};
  return std::make_shared<ServedModel>(std::move(options), *tokenizer, std::move(runner), metrics, clock);
}

}  // namespace lathe

#endif  // LATHE_SERVER_REGISTRY_FAKE_MODEL_H_
