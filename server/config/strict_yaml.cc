#include "server/config/strict_yaml.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "engine/base/status_macros.h"
#include "server/config/quote.h"
#include "server/config/suggest.h"
#include "server/config/yaml_tree.h"

namespace lathe {
namespace {

std::string Join(absl::string_view section, absl::string_view key) {
  return section.empty() ? std::string(key) : absl::StrCat(section, ".", key);
}

// Walks a tree beside the list of settings and collects every mistake.
class SettingsReader {
 public:
  SettingsReader(const std::string& file, absl::Span<const Setting> settings) : settings_(settings) {
    places_.file = file;
  }

  absl::StatusOr<YamlPlaces> Read(const YamlNode& root) {
    ReadSection(root, "");
    for (const Setting& setting : settings_) {
      if (setting.required && !places_.lines.count(setting.key)) {
        AddMistake(0, absl::StrCat(places_.Of(setting.key), ": missing; wanted ", setting.value.wanted));
      }
    }
    if (mistakes_.empty()) return std::move(places_);
    return absl::InvalidArgumentError(Report());
  }

 private:
  // An empty section is as good as none: all of its keys may be commented out.
  void ReadSection(const YamlNode& node, const std::string& section) {
    if (node.kind == YamlNode::Kind::kEmpty) return;
    if (node.kind != YamlNode::Kind::kMap) {
      const std::string place =
          section.empty() ? absl::StrCat(places_.file, ":", node.line) : Place(node.line, section);
      return AddMistake(node.line, absl::StrCat(place, ": got ", Describe(node), ", wanted keys and values"));
    }
    for (const YamlEntry& entry : node.entries) ReadEntry(entry, section);
  }

  void ReadEntry(const YamlEntry& entry, const std::string& section) {
    const std::string key = Join(section, entry.key);
    // Sections are written as sections only: two spellings of one key could contradict each other.
    const bool dotted = absl::StrContains(entry.key, '.');
    const Setting* setting = FindSetting(settings_, key);
    if (setting != nullptr && !dotted) return ReadValue(entry, *setting);
    if (IsSection(key) && !dotted) return ReadSection(entry.value, key);
    AddMistake(entry.line, absl::StrCat(Place(entry.line, key), ": unknown key; ", Advice(section, entry.key)));
  }

  void ReadValue(const YamlEntry& entry, const Setting& setting) {
    places_.lines[setting.key] = entry.line;
    const YamlNode& node = entry.value;
    const std::string place = Place(entry.line, setting.key);
    // Quotes make a text of what they enclose; only a text may be written so.
    const bool usable =
        node.kind == YamlNode::Kind::kScalar && (!node.quoted || setting.value.kind == SettingValue::Kind::kText);
    if (!usable) {
      return AddMistake(entry.line, absl::StrCat(place, ": got ", Describe(node), ", wanted ", setting.value.wanted));
    }
    const absl::Status status = SetFromText(setting, node.text, place);
    if (!status.ok()) AddMistake(entry.line, std::string(status.message()));
  }

  bool IsSection(const std::string& key) const {
    return std::any_of(settings_.begin(), settings_.end(),
                       [&](const Setting& s) { return absl::StartsWith(s.key, absl::StrCat(key, ".")); });
  }

  // What may stand in `section`, in the order of the settings.
  std::vector<std::string> KnownIn(const std::string& section) const {
    std::vector<std::string> known;
    for (const Setting& setting : settings_) {
      absl::string_view rest = setting.key;
      if (!section.empty() && !absl::ConsumePrefix(&rest, absl::StrCat(section, "."))) continue;
      std::string name(rest.substr(0, rest.find('.')));
      if (known.empty() || known.back() != name) known.push_back(std::move(name));
    }
    return known;
  }

  // The nearest key of the same section, or else the same name in another section, or else all keys that may stand
  // here.
  std::string Advice(const std::string& section, const std::string& name) const {
    if (FindSetting(settings_, Join(section, name)) != nullptr) {
      const size_t dot = name.rfind('.');
      return absl::StrCat("write it as ", name.substr(dot + 1), " under ", Join(section, name.substr(0, dot)));
    }
    const std::vector<std::string> known = KnownIn(section);
    const std::string nearest = Suggest(name, known);
    if (!nearest.empty()) return absl::StrCat("did you mean ", nearest, "?");
    for (const Setting& setting : settings_) {
      if (setting.key == name || absl::EndsWith(setting.key, absl::StrCat(".", name))) {
        return absl::StrCat("did you mean ", setting.key, "?");
      }
    }
    return absl::StrCat("wanted ", WantedOneOf(known));
  }

  static std::string Describe(const YamlNode& node) {
    switch (node.kind) {
      case YamlNode::Kind::kEmpty:
        return "nothing";
      case YamlNode::Kind::kMap:
        return "a map";
      case YamlNode::Kind::kList:
        return "a list";
      case YamlNode::Kind::kScalar:
        return absl::StrCat(node.quoted ? "the text " : "", QuoteForMessage(node.text));
    }
    return "";
  }

  std::string Place(int line, absl::string_view key) const { return absl::StrCat(places_.file, ":", line, ": ", key); }

  void AddMistake(int line, std::string message) { mistakes_.emplace_back(line, std::move(message)); }

  std::string Report() {
    std::stable_sort(mistakes_.begin(), mistakes_.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    return absl::StrJoin(mistakes_, "\n", [](std::string* out, const auto& mistake) { *out += mistake.second; });
  }

  absl::Span<const Setting> settings_;
  YamlPlaces places_;
  std::vector<std::pair<int, std::string>> mistakes_;  // Line and message.
};

}  // namespace

std::string YamlPlaces::Of(absl::string_view key) const {
  const auto line = lines.find(key);
  return line == lines.end() ? absl::StrCat(file, ": ", key) : absl::StrCat(file, ":", line->second, ": ", key);
}

absl::StatusOr<YamlPlaces> ReadYaml(absl::string_view text, const std::string& file,
                                    absl::Span<const Setting> settings) {
  ASSIGN_OR_RETURN(const YamlNode root, ParseYaml(text, file));
  return SettingsReader(file, settings).Read(root);
}

}  // namespace lathe
