#include "tests/golden/golden.h"

#include <cstdlib>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "engine/base/file.h"
#include "engine/base/status_macros.h"
#include "engine/json/json.h"

namespace lathe {
namespace {

constexpr size_t kGoldenBytesMax = size_t{64} << 20;
const char kSource[] = LATHE_SOURCE_DIR;

const char* const kTinyModels[] = {
    "bert_single_label",       "bert_multi_label",       "bert_regression",       "bert_sharded",
    "distilbert_single_label", "distilbert_multi_label", "distilbert_regression",
};

template <typename Number>
absl::StatusOr<std::vector<Number>> ReadNumbers(const JsonValue& row, const char* key) {
  const JsonValue* list = row.Find(key);
  std::vector<Number> numbers;
  if (list == nullptr) return numbers;
  if (list->array() == nullptr) return absl::InvalidArgumentError(absl::StrCat(key, ": ", list->Describe()));
  for (const JsonValue& item : *list->array()) {
    if (!item.number()) return absl::InvalidArgumentError(absl::StrCat(key, ": ", item.Describe()));
    numbers.push_back(static_cast<Number>(*item.number()));
  }
  return numbers;
}

std::optional<std::string> ReadText(const JsonValue& row, const char* key) {
  const JsonValue* text = row.Find(key);
  if (text == nullptr || text->string() == nullptr) return std::nullopt;
  return *text->string();
}

absl::StatusOr<GoldenCase> ParseCase(absl::string_view line) {
  ASSIGN_OR_RETURN(const JsonValue row, ParseJson(line));
  GoldenCase golden;
  golden.text = ReadText(row, "text").value_or("");
  golden.pair = ReadText(row, "pair");
  golden.label = ReadText(row, "label").value_or("");
  ASSIGN_OR_RETURN(golden.ids, ReadNumbers<int32_t>(row, "input_ids"));
  ASSIGN_OR_RETURN(golden.segment_ids, ReadNumbers<int32_t>(row, "token_type_ids"));
  ASSIGN_OR_RETURN(golden.logits, ReadNumbers<float>(row, "logits"));
  if (golden.segment_ids.empty()) golden.segment_ids.resize(golden.ids.size());
  if (golden.ids.empty() || golden.logits.empty() || golden.segment_ids.size() != golden.ids.size()) {
    return absl::InvalidArgumentError("wanted input_ids, logits, and token_type_ids, if any, as many as ids");
  }
  return golden;
}

}  // namespace

std::vector<GoldenModel> GoldenModels() {
  const std::string data = absl::StrCat(kSource, "/tests/golden/");
  std::vector<GoldenModel> models;
  for (const char* name : kTinyModels) {
    const std::string folder = absl::StrCat(data, "models/", name);
    models.push_back({name, folder, absl::StrCat(folder, "/golden.jsonl")});
  }
  models.push_back({"embedded", absl::StrCat(kSource, "/models/sst2-distilminilm"), data + "data/golden.jsonl"});
  if (const char* minilm = std::getenv("LATHE_MINILM"))
    models.push_back({"minilm", minilm, data + "data/minilm.jsonl"});
  return models;
}

absl::StatusOr<std::vector<GoldenCase>> LoadGolden(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string file, ReadFile(path, kGoldenBytesMax));
  std::vector<GoldenCase> cases;
  for (const absl::string_view line : absl::StrSplit(file, '\n', absl::SkipEmpty())) {
    ASSIGN_OR_RETURN(GoldenCase golden, Annotate(ParseCase(line), absl::StrCat(path, ":", cases.size() + 1)));
    cases.push_back(std::move(golden));
  }
  return cases;
}

GoldenBatch Pack(absl::Span<const GoldenCase> cases) {
  GoldenBatch batch;
  for (const GoldenCase& golden : cases) {
    batch.token_ids.insert(batch.token_ids.end(), golden.ids.begin(), golden.ids.end());
    batch.segment_ids.insert(batch.segment_ids.end(), golden.segment_ids.begin(), golden.segment_ids.end());
    for (size_t i = 0; i < golden.ids.size(); ++i) batch.positions.push_back(static_cast<int32_t>(i));
    batch.cu_seqlens.push_back(static_cast<int32_t>(batch.token_ids.size()));
  }
  return batch;
}

namespace {

class LogitsNearMatcher {
 public:
  using is_gtest_matcher = void;
  explicit LogitsNearMatcher(absl::Span<const GoldenCase> cases) {
    for (const GoldenCase& golden : cases) logits_.push_back(golden.logits);
  }

  bool MatchAndExplain(absl::Span<const float> got, testing::MatchResultListener* listener) const {
    size_t at = 0;
    for (size_t n = 0; n < logits_.size(); ++n) {
      for (size_t i = 0; i < logits_[n].size(); ++i, ++at) {
        if (at >= got.size()) break;
        const float wanted = logits_[n][i];
        if (std::fabs(got[at] - wanted) <= LogitTolerance(wanted)) continue;  // NaN is not.
        *listener << "case " << n << ", logit " << i << ": got " << got[at] << ", wanted " << wanted << " within "
                  << LogitTolerance(wanted);
        return false;
      }
    }
    if (at == got.size()) return true;
    *listener << "got " << got.size() << " logits";
    return false;
  }
  void DescribeTo(std::ostream* out) const { *out << "are the reference's logits"; }
  void DescribeNegationTo(std::ostream* out) const { *out << "are not the reference's logits"; }

 private:
  std::vector<std::vector<float>> logits_;
};

}  // namespace

testing::Matcher<absl::Span<const float>> LogitsNear(absl::Span<const GoldenCase> cases) {
  return LogitsNearMatcher(cases);
}

}  // namespace lathe
