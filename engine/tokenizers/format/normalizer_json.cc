// The normalisers of tokenizer.json.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/tokenizers/format/part_readers.h"
#include "engine/tokenizers/normalizers/bert_normalizer.h"
#include "engine/tokenizers/normalizers/unicode_normalizers.h"

namespace lathe {
namespace {

using Part = std::unique_ptr<Normalizer>;

absl::StatusOr<Part> ReadBert(Fields& object, int) {
  BertNormalizerOptions options;
  ASSIGN_OR_RETURN(options.clean_text, object.Bool("clean_text"));
  ASSIGN_OR_RETURN(options.handle_chinese_chars, object.Bool("handle_chinese_chars"));
  ASSIGN_OR_RETURN(options.lowercase, object.Bool("lowercase"));
  // As in the original BERT: where it is not said, accents go when the case goes.
  ASSIGN_OR_RETURN(options.strip_accents, object.BoolOr("strip_accents", options.lowercase));
  return std::make_unique<BertNormalizer>(options);
}

template <Decomposition decomposition, bool compose>
absl::StatusOr<Part> ReadForm(Fields&, int) {
  return std::make_unique<UnicodeForm>(decomposition, compose);
}

template <typename Simple>
absl::StatusOr<Part> ReadSimple(Fields&, int) {
  return std::make_unique<Simple>();
}

absl::StatusOr<Part> ReadSequence(Fields& object, int depth) {
  ASSIGN_OR_RETURN(const Field list, object.Get("normalizers"));
  ASSIGN_OR_RETURN(const std::vector<Field> values, list.Array());
  std::vector<Part> steps;
  for (const Field& value : values) {
    ASSIGN_OR_RETURN(Part step, ReadNormalizer(value, depth + 1));
    steps.push_back(std::move(step));
  }
  return std::make_unique<NormalizerSequence>(std::move(steps));
}

constexpr PartType<Part> kTypes[] = {
    {"BertNormalizer", ReadBert},
    {"Lowercase", ReadSimple<LowercaseNormalizer>},
    {"StripAccents", ReadSimple<StripAccentsNormalizer>},
    {"NFD", ReadForm<Decomposition::kCanonical, false>},
    {"NFC", ReadForm<Decomposition::kCanonical, true>},
    {"NFKD", ReadForm<Decomposition::kCompatibility, false>},
    {"NFKC", ReadForm<Decomposition::kCompatibility, true>},
    {"Sequence", ReadSequence},
};

}  // namespace

absl::StatusOr<Part> ReadNormalizer(const Field& value, int depth) { return ReadPart<Part>(value, kTypes, depth); }

}  // namespace lathe
