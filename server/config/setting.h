// One setting: its key, what values it takes, where the value goes, and what it means.
//
// A list of settings is the single source of a configuration: the YAML reader, the environment, the flags, `--help` and
// the tables in docs/configuration.md all walk it. Rows are bound to one configuration object; what that object holds
// when the rows are made are the defaults.
//
//   std::vector<Setting> settings = {
//       {"grpc.address", AddressValue(config.grpc.address), "where the gRPC service listens"},
//       {"drain.seconds", IntegerValue(config.drain.seconds, 0, 3600), "how long accepted calls may take to finish"},
//   };
#ifndef LATHE_SERVER_CONFIG_SETTING_H_
#define LATHE_SERVER_CONFIG_SETTING_H_

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace lathe {

// What a setting holds. `set` parses and stores; it returns false, and stores nothing, for text that is not allowed.
struct SettingValue {
  enum class Kind { kText, kInteger, kBoolean };

  Kind kind = Kind::kText;
  std::string wanted;  // Completes "wanted ...": "an integer from 0 to 3600".
  std::function<bool(absl::string_view)> set;
  std::function<std::string()> get;  // The value held now, as `set` would take it.
};

struct Setting {
  std::string key;  // Sections and name, joined by dots: "batching.max_tokens".
  SettingValue value;
  std::string help;
  bool required = false;  // A file without it is refused.
};

// Each binds a value to `target`, which must outlive the result.
SettingValue IntegerValue(int64_t& target, int64_t minimum, int64_t maximum);
SettingValue BooleanValue(bool& target);
// Any text; `wanted` says what it should be, and whoever reads it checks it.
SettingValue FreeTextValue(std::string& target, std::string wanted);
// A path of a file or folder; not empty.
SettingValue PathValue(std::string& target);
// "HOST:PORT", see address.h. With `optional`, the empty text is allowed and means none.
SettingValue AddressValue(std::string& target, bool optional = false);
// What a client calls a model: letters, digits, '.', '_' and '-', the first a letter or a digit, at most 128 bytes.
SettingValue NameValue(std::string& target);
// One of `choices`.
SettingValue ChoiceValue(std::string& target, std::vector<std::string> choices);

// One of the names in `choices`, kept as the value beside it.
template <typename Enum>
SettingValue EnumValue(Enum& target, std::vector<std::pair<std::string, Enum>> choices);

// Stores `text` as the value of `setting`.
// Errors: INVALID_ARGUMENT, "`place`: got "abc", wanted an integer from 1 to 1048576".
absl::Status SetFromText(const Setting& setting, absl::string_view text, absl::string_view place);

// The row with `key`, or null.
const Setting* FindSetting(absl::Span<const Setting> settings, absl::string_view key);

// Implementation details; callers need not read.

std::string WantedOneOf(absl::Span<const std::string> choices);

template <typename Enum>
SettingValue EnumValue(Enum& target, std::vector<std::pair<std::string, Enum>> choices) {
  std::vector<std::string> names;
  names.reserve(choices.size());
  for (const auto& [name, value] : choices) names.push_back(name);
  const auto set = [&target, choices](absl::string_view text) {
    for (const auto& [name, value] : choices) {
      if (text != name) continue;
      target = value;
      return true;
    }
    return false;
  };
  const auto get = [&target, choices]() -> std::string {
    for (const auto& [name, value] : choices) {
      if (target == value) return name;
    }
    return "";
  };
  return {SettingValue::Kind::kText, WantedOneOf(names), set, get};
}

}  // namespace lathe

#endif  // LATHE_SERVER_CONFIG_SETTING_H_
