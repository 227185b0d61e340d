// The pre-tokenizers of tokenizer.json.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/tokenizers/format/part_readers.h"
#include "engine/tokenizers/pre_tokenizers/character_class_splitter.h"

namespace lathe {
namespace {

using Part = std::unique_ptr<PreTokenizer>;
using Rule = CharacterClassSplitter::Rule;

template <Rule rule>
absl::StatusOr<Part> ReadSplitter(Fields&, int) {
  return std::make_unique<CharacterClassSplitter>(rule);
}

absl::StatusOr<Part> ReadSequence(Fields& object, int depth) {
  ASSIGN_OR_RETURN(const Field list, object.Get("pretokenizers"));
  ASSIGN_OR_RETURN(const std::vector<Field> values, list.Array());
  std::vector<Part> steps;
  for (const Field& value : values) {
    ASSIGN_OR_RETURN(Part step, ReadPreTokenizer(value, depth + 1));
    steps.push_back(std::move(step));
  }
  return std::make_unique<PreTokenizerSequence>(std::move(steps));
}

constexpr PartType<Part> kTypes[] = {
    {"BertPreTokenizer", ReadSplitter<Rule::kBert>},
    {"Whitespace", ReadSplitter<Rule::kWhitespace>},
    {"WhitespaceSplit", ReadSplitter<Rule::kWhitespaceSplit>},
    {"Sequence", ReadSequence},
};

}  // namespace

absl::StatusOr<Part> ReadPreTokenizer(const Field& value, int depth) { return ReadPart<Part>(value, kTypes, depth); }

}  // namespace lathe
