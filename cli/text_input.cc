#include "cli/text_input.h"

#include <fstream>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/json/json.h"

namespace lathe::cli {
namespace {

absl::StatusOr<TextInput> ParseJsonLine(const std::string& line, const std::string& place) {
  ASSIGN_OR_RETURN(const JsonValue value, Annotate(ParseJson(line), place));
  if (value.string() != nullptr) return TextInput{*value.string(), std::nullopt};
  const JsonValue::Array* array = value.array();
  if (array != nullptr && array->size() == 2 && (*array)[0].string() != nullptr && (*array)[1].string() != nullptr) {
    return TextInput{*(*array)[0].string(), *(*array)[1].string()};
  }
  return absl::InvalidArgumentError(
      absl::StrCat(place, ": got ", value.Describe(), ", wanted a JSON string or an array of two"));
}

}  // namespace

std::vector<Setting> TextInputSettings(TextInputFlags& flags) {
  return {
      {"input", PathValue(flags.input), "the file to read, one text a line; - is standard input"},
      {"jsonl", BooleanValue(flags.jsonl), "each line is a JSON string, or an array of two for a pair"},
  };
}

absl::StatusOr<TextReader> TextReader::Open(const TextInputFlags& flags, std::istream& standard_input) {
  TextReader reader;
  reader.jsonl_ = flags.jsonl;
  reader.name_ = flags.input == "-" ? "standard input" : flags.input;
  reader.in_ = &standard_input;
  if (flags.input != "-") {
    reader.file_ = std::make_unique<std::ifstream>(flags.input, std::ios::binary);
    if (!*reader.file_) return absl::NotFoundError(absl::StrCat(flags.input, ": cannot be read"));
    reader.in_ = reader.file_.get();
  }
  return reader;
}

std::string TextReader::place() const { return absl::StrCat(name_, ":", line_); }

absl::StatusOr<std::optional<TextInput>> TextReader::Next() {
  std::string line;
  if (!std::getline(*in_, line)) return std::optional<TextInput>();
  ++line_;
  if (!line.empty() && line.back() == '\r') line.pop_back();
  if (!jsonl_) return std::optional<TextInput>({std::move(line), std::nullopt});
  ASSIGN_OR_RETURN(TextInput input, ParseJsonLine(line, place()));
  return std::optional<TextInput>(std::move(input));
}

}  // namespace lathe::cli
