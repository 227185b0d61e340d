#include "server/config/flags.h"

#include <cstdlib>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "engine/base/status_macros.h"
#include "server/config/quote.h"
#include "server/config/suggest.h"

namespace lathe {
namespace {

// An argument taken apart: "--name=value", or "--name".
struct Argument {
  std::string name;  // With the dashes.
  std::optional<std::string> value;
};

Argument Split(const std::string& argument) {
  const size_t equals = argument.find('=');
  if (equals == std::string::npos) return {argument, std::nullopt};
  return {argument.substr(0, equals), argument.substr(equals + 1)};
}

absl::StatusOr<const Setting*> FindFlag(absl::Span<const Setting> settings, const std::string& name) {
  std::vector<std::string> known;
  for (const Setting& setting : settings) {
    known.push_back(FlagName(setting.key));
    if (known.back() == name) return &setting;
  }
  const std::string nearest = Suggest(name, known);
  return absl::InvalidArgumentError(absl::StrCat(
      name, ": unknown flag; ", nearest.empty() ? "see --help" : absl::StrCat("did you mean ", nearest, "?")));
}

// "; default 127.0.0.1:8080", or nothing where there is no value to show.
std::string DescribeDefault(const Setting& setting) {
  const std::string value = setting.value.get();
  return value.empty() ? "" : absl::StrCat("; default ", value);
}

}  // namespace

Environment ProcessEnvironment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) return std::nullopt;
    return std::string(value);
  };
}

std::string FlagName(absl::string_view key) {
  return absl::StrCat("--", absl::StrReplaceAll(key, {{".", "-"}, {"_", "-"}}));
}

std::string EnvironmentName(absl::string_view key) {
  return absl::StrCat("LATHE_", absl::AsciiStrToUpper(absl::StrReplaceAll(key, {{".", "_"}})));
}

absl::Status ReadEnvironment(absl::Span<const Setting> settings, const Environment& environment) {
  for (const Setting& setting : settings) {
    const std::string name = EnvironmentName(setting.key);
    const std::optional<std::string> value = environment(name);
    if (value) RETURN_IF_ERROR(SetFromText(setting, *value, name));
  }
  return absl::OkStatus();
}

absl::Status ReadFlags(absl::Span<const Setting> settings, absl::Span<const std::string> arguments) {
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (!absl::StartsWith(arguments[i], "--")) {
      return absl::InvalidArgumentError(absl::StrCat(QuoteForMessage(arguments[i]), ": wanted a flag; see --help"));
    }
    Argument argument = Split(arguments[i]);
    ASSIGN_OR_RETURN(const Setting* setting, FindFlag(settings, argument.name));
    if (!argument.value && setting->value.kind == SettingValue::Kind::kBoolean) argument.value = "true";
    if (!argument.value && i + 1 < arguments.size()) argument.value = arguments[++i];
    if (!argument.value) {
      return absl::InvalidArgumentError(absl::StrCat(argument.name, ": no value; wanted ", setting->value.wanted));
    }
    RETURN_IF_ERROR(SetFromText(*setting, *argument.value, argument.name));
  }
  return absl::OkStatus();
}

std::string DescribeFlags(absl::Span<const Setting> settings) {
  std::string text;
  for (const Setting& setting : settings) {
    absl::StrAppend(&text, "  ", FlagName(setting.key), ", ", EnvironmentName(setting.key), "\n      ", setting.help,
                    "\n      (", setting.value.wanted, DescribeDefault(setting), ")\n");
  }
  return text;
}

}  // namespace lathe
