// Texts from a file or standard input, one a line: as they stand, or as JSON so that any text can be given.
#ifndef LATHE_CLI_TEXT_INPUT_H_
#define LATHE_CLI_TEXT_INPUT_H_

#include <istream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/config/setting.h"

namespace lathe::cli {

struct TextInput {
  std::string text;
  std::optional<std::string> pair;
};

struct TextInputFlags {
  std::string input = "-";
  bool jsonl = false;
};

std::vector<Setting> TextInputSettings(TextInputFlags& flags);

// Reads texts in order, holding one line at a time.
class TextReader {
 public:
  // `standard_input` is read when the flag says "-", and must outlive the reader.
  // Errors: NOT_FOUND, naming the file.
  static absl::StatusOr<TextReader> Open(const TextInputFlags& flags, std::istream& standard_input);

  // The next text; empty at the end.
  // Errors: INVALID_ARGUMENT, "FILE:LINE: ", for a line that is neither a JSON string nor an array of two (with
  // --jsonl).
  absl::StatusOr<std::optional<TextInput>> Next();

  // "FILE:LINE" of the text that Next gave last, for errors about it.
  std::string place() const;

 private:
  TextReader() = default;

  std::unique_ptr<std::istream> file_;
  std::istream* in_ = nullptr;
  std::string name_;
  bool jsonl_ = false;
  int64_t line_ = 0;
};

}  // namespace lathe::cli

#endif  // LATHE_CLI_TEXT_INPUT_H_
