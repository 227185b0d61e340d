#include "server/config/setting.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/config/address.h"
#include "server/config/quote.h"

namespace lathe {
namespace {

constexpr size_t kNameBytesMax = 128;

// Decimal digits and nothing that another reader could take otherwise: no +, no leading zeros, no spaces.
bool ParsePlainInteger(absl::string_view text, int64_t* value) {
  const absl::string_view digits = text.substr(!text.empty() && text[0] == '-' ? 1 : 0);
  if (digits.empty() || !std::all_of(digits.begin(), digits.end(), absl::ascii_isdigit)) return false;
  if (digits[0] == '0' && text.size() > 1) return false;
  return absl::SimpleAtoi(text, value);
}

bool IsName(absl::string_view text) {
  const auto allowed = [](char c) { return absl::ascii_isalnum(c) || c == '.' || c == '_' || c == '-'; };
  return !text.empty() && text.size() <= kNameBytesMax && absl::ascii_isalnum(text[0]) &&
         std::all_of(text.begin(), text.end(), allowed);
}

// A text that has to pass `allowed`.
SettingValue TextValue(std::string& target, std::string wanted, std::function<bool(absl::string_view)> allowed) {
  const auto set = [&target, allowed = std::move(allowed)](absl::string_view text) {
    if (!allowed(text)) return false;
    target = std::string(text);
    return true;
  };
  return {SettingValue::Kind::kText, std::move(wanted), set, [&target] { return target; }};
}

}  // namespace

std::string WantedOneOf(absl::Span<const std::string> choices) {
  return choices.size() == 1 ? choices[0] : absl::StrCat("one of ", absl::StrJoin(choices, ", "));
}

SettingValue IntegerValue(int64_t& target, int64_t minimum, int64_t maximum) {
  const auto set = [&target, minimum, maximum](absl::string_view text) {
    int64_t value = 0;
    if (!ParsePlainInteger(text, &value) || value < minimum || value > maximum) return false;
    target = value;
    return true;
  };
  return {SettingValue::Kind::kInteger, absl::StrCat("an integer from ", minimum, " to ", maximum), set,
          [&target] { return absl::StrCat(target); }};
}

SettingValue BooleanValue(bool& target) {
  const auto set = [&target](absl::string_view text) {
    if (text != "true" && text != "false") return false;
    target = text == "true";
    return true;
  };
  return {SettingValue::Kind::kBoolean, "true or false", set,
          [&target]() -> std::string { return target ? "true" : "false"; }};
}

SettingValue FreeTextValue(std::string& target, std::string wanted) {
  return TextValue(target, std::move(wanted), [](absl::string_view) { return true; });
}

SettingValue PathValue(std::string& target) {
  return TextValue(target, "a path", [](absl::string_view text) { return !text.empty(); });
}

SettingValue AddressValue(std::string& target, bool optional) {
  return TextValue(target, optional ? "HOST:PORT, or \"\" for none" : "HOST:PORT", [optional](absl::string_view text) {
    return (optional && text.empty()) || ParseAddress(text).ok();
  });
}

SettingValue NameValue(std::string& target) {
  return TextValue(target, "a name of at most 128 letters, digits, '.', '_' and '-', the first a letter or a digit",
                   IsName);
}

SettingValue ChoiceValue(std::string& target, std::vector<std::string> choices) {
  std::string wanted = WantedOneOf(choices);
  return TextValue(target, std::move(wanted), [choices = std::move(choices)](absl::string_view text) {
    return std::find(choices.begin(), choices.end(), text) != choices.end();
  });
}

absl::Status SetFromText(const Setting& setting, absl::string_view text, absl::string_view place) {
  if (setting.value.set(text)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(place, ": got ", QuoteForMessage(text), ", wanted ", setting.value.wanted));
}

const Setting* FindSetting(absl::Span<const Setting> settings, absl::string_view key) {
  for (const Setting& setting : settings) {
    if (setting.key == key) return &setting;
  }
  return nullptr;
}

}  // namespace lathe
