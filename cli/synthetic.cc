#include "cli/synthetic.h"

#include <random>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "engine/base/file.h"
#include "engine/base/status_macros.h"
#include "engine/json/json.h"

namespace lathe::cli {
namespace {

constexpr int64_t kTokensMax = int64_t{1} << 24;
constexpr size_t kFileBytesMax = size_t{64} << 20;

}  // namespace

absl::StatusOr<std::vector<int64_t>> ParseShape(absl::string_view shape) {
  const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(shape, absl::MaxSplits('x', 1));
  int64_t sequences = 0;
  int64_t length = 0;
  if (!absl::SimpleAtoi(parts.first, &sequences) || !absl::SimpleAtoi(parts.second, &length) || sequences < 1 ||
      length < 1 || sequences > kTokensMax || length > kTokensMax / sequences) {
    return absl::InvalidArgumentError(
        absl::StrCat("--shape: got \"", shape, "\", wanted SEQUENCESxTOKENS such as 32x128"));
  }
  return std::vector<int64_t>(static_cast<size_t>(sequences), length);
}

absl::StatusOr<std::vector<int64_t>> ReadLengths(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text, ReadFile(path, kFileBytesMax));
  ASSIGN_OR_RETURN(const JsonValue json, Annotate(ParseJson(text), path));
  std::vector<int64_t> lengths;
  const absl::Status error =
      absl::InvalidArgumentError(absl::StrCat(path, ": wanted an array of token counts, each at least 1"));
  if (json.array() == nullptr || json.array()->empty()) return error;
  for (const JsonValue& value : *json.array()) {
    const std::optional<int64_t> length = value.integer();
    if (!length.has_value() || *length < 1 || *length > kTokensMax) return error;
    lengths.push_back(*length);
  }
  return lengths;
}

PackedBatch SyntheticBatch(absl::Span<const int64_t> lengths, int64_t vocabulary) {
  std::mt19937 random(0);
  PackedBatch batch;
  for (const int64_t length : lengths) {
    std::vector<int32_t> ids(static_cast<size_t>(length));
    for (int32_t& id : ids) id = static_cast<int32_t>(random() % static_cast<uint32_t>(vocabulary));
    batch.Append(ids, std::vector<int32_t>(ids.size(), 0));
  }
  return batch;
}

}  // namespace lathe::cli
