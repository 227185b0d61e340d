#include "engine/tokenizers/pipeline.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "engine/base/status_macros.h"
#include "engine/tokenizers/truncation.h"
#include "engine/tokenizers/unicode/utf8.h"

namespace lathe {
namespace {

using Ids = std::vector<int32_t>;

absl::Status CheckUtf8(absl::string_view text) {
  const std::optional<size_t> invalid = FindInvalidUtf8(text);
  if (!invalid) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("invalid UTF-8 at byte ", *invalid));
}

// The part of `ids` that stays.
absl::Span<const int32_t> Keep(const Ids& ids, size_t count, Truncation truncation) {
  const auto all = absl::MakeConstSpan(ids);
  return truncation == Truncation::kLeft ? all.last(count) : all.first(count);
}

class Pipeline final : public Tokenizer {
 public:
  Pipeline(PipelineParts parts, AddedTokens raw_tokens, AddedTokens normalized_tokens)
      : parts_(std::move(parts)),
        raw_tokens_(std::move(raw_tokens)),
        normalized_tokens_(std::move(normalized_tokens)) {}

  absl::StatusOr<Encoding> Encode(absl::string_view text, std::optional<absl::string_view> pair,
                                  const EncodeOptions& options) const override;
  int64_t vocabulary_size() const override { return parts_.vocabulary_size; }

 private:
  // The ids of one text without special tokens. Stops early once there are more than `enough`.
  absl::StatusOr<Ids> Tokenize(absl::string_view text, size_t enough) const;
  // The same for a part of the text without added tokens that are looked for before normalising; returns false when
  // there are enough ids.
  bool TokenizePart(absl::string_view text, size_t enough, Ids& ids) const;
  bool SplitWords(absl::string_view text, WordSink sink) const;

  PipelineParts parts_;
  AddedTokens raw_tokens_;         // Looked for in the text as it came.
  AddedTokens normalized_tokens_;  // Looked for in the normalised text.
};

absl::StatusOr<Encoding> Pipeline::Encode(absl::string_view text, std::optional<absl::string_view> pair,
                                          const EncodeOptions& options) const {
  const int64_t special_tokens = parts_.post_processor.special_tokens(pair.has_value());
  if (options.max_length < special_tokens) {
    return absl::InvalidArgumentError(
        absl::StrCat("max_length: got ", options.max_length, ", wanted room for ", special_tokens, " special tokens"));
  }
  const size_t room = options.max_length - special_tokens;
  // Only a single text whose end is cut off is known to be done before it is read to the end.
  const bool stop_early = options.truncation == Truncation::kRight && !pair;
  const size_t enough = stop_early ? room : std::numeric_limits<size_t>::max();
  ASSIGN_OR_RETURN(const Ids first, Annotate(Tokenize(text, enough), "text"));
  Ids second;
  if (pair) {
    ASSIGN_OR_RETURN(second, Annotate(Tokenize(*pair, enough), "pair"));
  }

  Encoding encoding;
  encoding.truncated = first.size() + second.size() > room;
  if (encoding.truncated && options.truncation == Truncation::kError) {
    return absl::InvalidArgumentError(absl::StrCat("text: ", first.size() + second.size() + special_tokens,
                                                   " tokens with special ones, wanted at most ", options.max_length));
  }
  const PairLengths kept =
      pair ? TruncateLongestFirst({first.size(), second.size()}, room) : PairLengths{std::min(first.size(), room), 0};
  parts_.post_processor.Fill(pair.has_value(), Keep(first, kept.first, options.truncation),
                             Keep(second, kept.second, options.truncation), encoding.ids, encoding.segment_ids);
  return encoding;
}

absl::StatusOr<Ids> Pipeline::Tokenize(absl::string_view text, size_t enough) const {
  RETURN_IF_ERROR(CheckUtf8(text));
  Ids ids;
  ids.reserve(std::min<size_t>(text.size() / 4 + 8, 1024));
  raw_tokens_.Split(text, [&](absl::string_view part, std::optional<int32_t> id) {
    if (!id) return TokenizePart(part, enough, ids);
    ids.push_back(*id);
    return ids.size() <= enough;
  });
  return ids;
}

bool Pipeline::TokenizePart(absl::string_view text, size_t enough, Ids& ids) const {
  std::string normalized;
  if (parts_.normalizer != nullptr) {
    normalized.reserve(text.size());
    parts_.normalizer->Normalize(text, normalized);
    text = normalized;
  }
  return normalized_tokens_.Split(text, [&](absl::string_view part, std::optional<int32_t> id) {
    if (id) {
      ids.push_back(*id);
      return ids.size() <= enough;
    }
    return SplitWords(part, [&](absl::string_view word) {
      parts_.model->Tokenize(word, ids);
      return ids.size() <= enough;
    });
  });
}

bool Pipeline::SplitWords(absl::string_view text, WordSink sink) const {
  if (parts_.pre_tokenizer != nullptr) return parts_.pre_tokenizer->Split(text, sink);
  return text.empty() || sink(text);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Tokenizer>> MakePipeline(PipelineParts parts) {
  std::vector<AddedToken> raw, normalized;
  for (AddedToken& token : parts.added_tokens) {
    if (token.normalized && parts.normalizer != nullptr) {
      std::string content;
      parts.normalizer->Normalize(token.content, content);
      token.content = std::move(content);
    }
    (token.normalized ? normalized : raw).push_back(std::move(token));
  }
  ASSIGN_OR_RETURN(AddedTokens raw_tokens, AddedTokens::Create(std::move(raw)));
  ASSIGN_OR_RETURN(AddedTokens normalized_tokens, AddedTokens::Create(std::move(normalized)));
  return std::make_unique<Pipeline>(std::move(parts), std::move(raw_tokens), std::move(normalized_tokens));
}

}  // namespace lathe
