// Puts the special tokens of a model around one text or between two.
#ifndef LATHE_ENGINE_TOKENIZERS_POST_PROCESSORS_TEMPLATE_H_
#define LATHE_ENGINE_TOKENIZERS_POST_PROCESSORS_TEMPLATE_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace lathe {

// Immutable and thread-safe.
class Template {
 public:
  // One place of a template: a text, or special tokens.
  struct Piece {
    enum class Kind { kFirstText, kSecondText, kSpecialTokens };
    Kind kind;
    int32_t segment_id;
    std::vector<int32_t> ids;  // Of kSpecialTokens.
  };

  // Errors: UNIMPLEMENTED (`single` does not have the first text exactly once and nothing of a second, or `pair` does
  // not have both exactly once).
  static absl::StatusOr<Template> Create(std::vector<Piece> single, std::vector<Piece> pair);

  // The texts and nothing else; the second one's segment is 1.
  static Template Plain();

  // [CLS] first [SEP] and [CLS] first [SEP] second [SEP], the second text and what follows it in segment 1.
  static Template Bert(int32_t cls_id, int32_t sep_id);

  // The number of special tokens around one text, or around and between two.
  int64_t special_tokens(bool pair) const { return pair ? pair_special_tokens_ : single_special_tokens_; }

  // Appends the template, filled in; `second` is not read unless `pair`.
  void Fill(bool pair, absl::Span<const int32_t> first, absl::Span<const int32_t> second, std::vector<int32_t>& ids,
            std::vector<int32_t>& segment_ids) const;

 private:
  Template(std::vector<Piece> single, std::vector<Piece> pair);

  std::vector<Piece> single_, pair_;
  int64_t single_special_tokens_, pair_special_tokens_;
};

}  // namespace lathe

#endif  // LATHE_ENGINE_TOKENIZERS_POST_PROCESSORS_TEMPLATE_H_
