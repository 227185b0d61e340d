// Ids and normal forms equal those of the reference, as tests/golden/make_tokenizer_goldens.py wrote them down.
#include <array>
#include <cstdint>
#include <fstream>
#include <functional>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "engine/base/file.h"
#include "engine/base/status_matchers.h"
#include "engine/json/json.h"
#include "engine/tokenizers/format/tokenizer_json.h"
#include "engine/tokenizers/normalizers/bert_normalizer.h"
#include "engine/tokenizers/normalizers/unicode_normalizers.h"
#include "engine/tokenizers/pipeline.h"
#include "engine/tokenizers/pre_tokenizers/character_class_splitter.h"
#include "engine/tokenizers/tokenizer.h"
#include "engine/tokenizers/unicode/utf8.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace lathe {
namespace {

const std::string kData = LATHE_SOURCE_DIR "/tests/golden/data/";
const std::string kGoldens = kData + "tokenizer/";

std::string Read(const std::string& path) { return ReadFile(path, size_t{16} << 20).value(); }

std::vector<std::string> Lines(const std::string& path) {
  std::istringstream text(Read(path));
  std::vector<std::string> lines;
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  return lines;
}

const Tokenizer& Embedded() {
  static const Tokenizer& tokenizer = *Tokenizer::Load(LATHE_SOURCE_DIR "/models/sst2-distilminilm").value().release();
  return tokenizer;
}

// 32-bit FNV-1a.
class Hash {
 public:
  void Add(absl::string_view bytes) {
    for (const char byte : bytes) value_ = (value_ ^ static_cast<uint8_t>(byte)) * 0x01000193;
  }
  void Add(const std::vector<int32_t>& numbers) {
    for (const int32_t number : numbers) {
      for (int shift = 0; shift < 32; shift += 8) Add(std::string(1, static_cast<char>(number >> shift)));
    }
  }
  std::string hex() const { return absl::StrCat(absl::Hex(value_, absl::kZeroPad8)); }

 private:
  uint32_t value_ = 0x811c9dc5;
};

class VarintReader {
 public:
  explicit VarintReader(std::string bytes) : bytes_(std::move(bytes)) {}
  int32_t Next() {
    int32_t number = 0;
    for (int shift = 0;; shift += 7) {
      const auto byte = static_cast<uint8_t>(bytes_.at(position_++));
      number |= (byte & 127) << shift;
      if (byte < 128) return number;
    }
  }
  bool done() const { return position_ == bytes_.size(); }

 private:
  std::string bytes_;
  size_t position_ = 0;
};

TEST(ReferenceTest, EverySentenceOfSst2) {
  for (const char* split : {"dev", "test"}) {
    VarintReader wanted(Read(absl::StrCat(kGoldens, "sst2_", split, ".ids")));
    for (const std::string& line : Lines(absl::StrCat(kData, "sst2_", split, ".tsv"))) {
      std::vector<int32_t> ids(wanted.Next());
      for (int32_t& id : ids) id = wanted.Next();
      ASSERT_OK_AND_ASSIGN(const Encoding got, Embedded().Encode(line.substr(line.find('\t') + 1), std::nullopt, {}));
      ASSERT_EQ(got.ids, ids) << line;
    }
    EXPECT_TRUE(wanted.done());
  }
}

TEST(ReferenceTest, EveryTextOfTheModelsGoldens) {
  for (const std::string& line : Lines(kData + "golden.jsonl")) {
    ASSERT_OK_AND_ASSIGN(const JsonValue row, ParseJson(line));
    std::vector<int32_t> ids;
    for (const JsonValue& id : *row.Find("input_ids")->array()) ids.push_back(*id.integer());
    ASSERT_OK_AND_ASSIGN(const Encoding got, Embedded().Encode(*row.Find("text")->string(), std::nullopt, {}));
    EXPECT_EQ(got.ids, ids) << line.substr(0, 100);
  }
}

std::unique_ptr<Tokenizer> OddTokenizer(const std::string& name) {
  std::string vocabulary;
  int id = 0;
  for (const std::string& token : Lines(kGoldens + "odd_vocab.txt")) {
    absl::StrAppend(&vocabulary, id > 0 ? "," : "", token, ":", id);
    ++id;
  }
  const std::string json = absl::StrReplaceAll(Read(absl::StrCat(kGoldens, "odd_", name, ".json")),
                                               {{"\"vocab\": {}", absl::StrCat("\"vocab\": {", vocabulary, "}")}});
  return MakePipeline(ParseTokenizerJson(json).value()).value();
}

absl::StatusOr<Encoding> EncodeOdd(const Tokenizer& tokenizer, const JsonValue& text, const EncodeOptions& options) {
  if (text.string() != nullptr) return tokenizer.Encode(*text.string(), std::nullopt, options);
  const JsonValue::Array& pair = *text.array();
  return tokenizer.Encode(*pair[0].string(), *pair[1].string(), options);
}

TEST(ReferenceTest, OddTextsByOddTokenizers) {
  const std::vector<std::string> texts = Lines(kGoldens + "odd_texts.jsonl");
  for (const std::string& line : Lines(kGoldens + "odd_ids.txt")) {
    std::istringstream words(line);
    std::string name, direction, hash;
    EncodeOptions options;
    words >> name >> options.max_length >> direction;
    options.truncation = direction == "left" ? Truncation::kLeft : Truncation::kRight;
    const std::unique_ptr<Tokenizer> tokenizer = OddTokenizer(name);
    int wrong = 0;
    for (const std::string& text : texts) {
      ASSERT_TRUE(words >> hash);
      ASSERT_OK_AND_ASSIGN(const JsonValue value, ParseJson(text));
      ASSERT_OK_AND_ASSIGN(const Encoding got, EncodeOdd(*tokenizer, value, options));
      Hash got_hash;
      got_hash.Add(got.ids);
      got_hash.Add(got.segment_ids);
      if (got_hash.hex() == hash) continue;
      if (++wrong <= 5) ADD_FAILURE() << name << ": " << text << " got " << testing::PrintToString(got.ids);
    }
    EXPECT_EQ(wrong, 0) << name;
  }
}

using Form = std::function<void(absl::string_view text, std::string& out)>;

Form By(std::shared_ptr<Normalizer> normalizer) {
  return [normalizer](absl::string_view text, std::string& out) { normalizer->Normalize(text, out); };
}

Form ByBert(const BertNormalizerOptions& options) { return By(std::make_shared<BertNormalizer>(options)); }

Form ByForm(Decomposition decomposition, bool compose) {
  return By(std::make_shared<UnicodeForm>(decomposition, compose));
}

Form BySplitter(CharacterClassSplitter::Rule rule) {
  return [splitter = CharacterClassSplitter(rule)](absl::string_view text, std::string& out) {
    absl::string_view separator;
    splitter.Split(text, [&](absl::string_view word) {
      absl::StrAppend(&out, separator, word);
      separator = "|";
      return true;
    });
  };
}

const std::vector<std::pair<std::string, Form>>& Forms() {
  using Rule = CharacterClassSplitter::Rule;
  static const auto& forms = *new std::vector<std::pair<std::string, Form>>{
      {"BertNormalizer", ByBert({})},
      {"BertNormalizer/clean_text", ByBert({true, false, false, false})},
      {"BertNormalizer/handle_chinese_chars", ByBert({false, true, false, false})},
      {"BertNormalizer/strip_accents", ByBert({false, false, true, false})},
      {"BertNormalizer/lowercase", ByBert({false, false, false, true})},
      {"NFD", ByForm(Decomposition::kCanonical, false)},
      {"NFC", ByForm(Decomposition::kCanonical, true)},
      {"NFKD", ByForm(Decomposition::kCompatibility, false)},
      {"NFKC", ByForm(Decomposition::kCompatibility, true)},
      {"Lowercase", By(std::make_shared<LowercaseNormalizer>())},
      {"StripAccents", By(std::make_shared<StripAccentsNormalizer>())},
      {"BertPreTokenizer", BySplitter(Rule::kBert)},
      {"Whitespace", BySplitter(Rule::kWhitespace)},
      {"WhitespaceSplit", BySplitter(Rule::kWhitespaceSplit)},
  };
  return forms;
}

// Each code point between letters, and among marks that it may change places or compose with.
std::string BlockHash(const Form& form, char32_t block, char32_t size) {
  Hash hash;
  for (char32_t c = block; c < block + size; ++c) {
    if (c >= 0xD800 && c < 0xE000) continue;
    std::string code_point, out;
    AppendUtf8(c, code_point);
    form(absl::StrCat("a", code_point, "b"), out);
    form(absl::StrCat("E\u0301", code_point, "\u0316\u0301"), out);
    form(absl::StrCat(code_point, "\u0323\u0308"), out);
    hash.Add(out);
  }
  return hash.hex();
}

TEST(ReferenceTest, EveryCodePoint) {
  const std::vector<std::string> lines = Lines(kGoldens + "code_points.txt");
  ASSERT_EQ(lines.size(), Forms().size());
  for (size_t i = 0; i < lines.size(); ++i) {
    const auto& [name, form] = Forms()[i];
    std::istringstream words(lines[i]);
    std::string word;
    words >> word;
    ASSERT_EQ(word, name);
    for (char32_t block = 0; block < 0x110000; block += 4096) {
      ASSERT_TRUE(words >> word);
      EXPECT_EQ(BlockHash(form, block, 4096), word) << name << " from " << static_cast<uint32_t>(block);
    }
  }
}

}  // namespace
}  // namespace lathe
