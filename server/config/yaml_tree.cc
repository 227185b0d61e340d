#include "server/config/yaml_tree.h"

#include <utf8proc.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <exception>
#include <optional>
#include <sstream>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "engine/base/status_macros.h"
#include "server/config/quote.h"

namespace lathe {
namespace {

absl::Status ErrorAt(absl::string_view file, int line, absl::string_view message) {
  return absl::InvalidArgumentError(absl::StrCat(file, ":", line, ": ", message));
}

// Whether YAML allows the character in a file as it is. Source: YAML 1.2.2, 5.1; DEL is left out too.
bool IsPrintable(utf8proc_int32_t character) {
  return character >= 0x20 ? character != 0x7f : character == '\t' || character == '\n' || character == '\r';
}

// yaml-cpp replaces or passes on what is checked here, so it has to be found first.
absl::Status CheckCharacters(absl::string_view text, absl::string_view file) {
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  int line = 1;
  for (size_t at = 0; at < text.size();) {
    utf8proc_int32_t character = 0;
    const utf8proc_ssize_t length =
        utf8proc_iterate(bytes + at, static_cast<utf8proc_ssize_t>(text.size() - at), &character);
    if (length < 1) return ErrorAt(file, line, "bytes that are not UTF-8");
    if (!IsPrintable(character)) {
      return ErrorAt(file, line, absl::StrCat("control character 0x", absl::Hex(character, absl::kZeroPad2)));
    }
    if (character == '\n') ++line;
    at += static_cast<size_t>(length);
  }
  return absl::OkStatus();
}

// Whether `text`, which begins with a quote, has the quote that closes it.
bool IsQuoteClosed(absl::string_view text) {
  const char quote = text[0];
  for (size_t i = 1; i < text.size(); ++i) {
    // Whatever is escaped is not the end; in single quotes, two stand for one.
    const bool doubled = quote == '\'' && text[i] == quote && i + 1 < text.size() && text[i + 1] == quote;
    if (doubled || (quote == '"' && text[i] == '\\')) {
      ++i;
    } else if (text[i] == quote) {
      return true;
    }
  }
  return false;
}

// Builds the tree from yaml-cpp's events. It remembers the first mistake and ignores what follows.
class TreeBuilder : public YAML::EventHandler {
 public:
  explicit TreeBuilder(absl::string_view text) : text_(text) {}

  YamlNode TakeRoot() { return std::move(root_); }
  const std::optional<std::pair<int, std::string>>& mistake() const { return mistake_; }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) Fail(mark, "a second document; wanted one");
  }
  void OnDocumentEnd() override {}

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { Fail(mark, "an alias (*); write the value out"); }

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (!Accept(mark, "?", anchor)) return;
    if (AwaitsKey()) return Fail(mark, "an empty key; wanted a name");
    Place(mark);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    // yaml-cpp tells plain ("?") from quoted ("!") scalars by the tag of those that have none.
    const bool quoted = tag == "!";
    if (!Accept(mark, quoted ? "?" : tag, anchor) || !AcceptQuote(mark)) return;
    if (AwaitsKey()) return AddKey(mark, value);
    YamlNode* node = Place(mark);
    node->kind = YamlNode::Kind::kScalar;
    node->quoted = quoted;
    node->text = value;
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    Open(mark, tag, anchor, YamlNode::Kind::kList);
  }
  void OnSequenceEnd() override { Close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    Open(mark, tag, anchor, YamlNode::Kind::kMap);
  }
  void OnMapEnd() override { Close(); }

 private:
  // A collection whose end has not come. Its node stays where it is: only the innermost one grows.
  struct OpenNode {
    YamlNode* node;
    bool key_read = false;  // Of a map: the next node is the value of the last entry.
  };

  void Fail(const YAML::Mark& mark, std::string message) {
    if (!mistake_) mistake_.emplace(mark.line + 1, std::move(message));
  }

  bool Accept(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    if (anchor != 0) Fail(mark, "an anchor (&); write the value out where it is needed");
    if (!tag.empty() && tag != "?") Fail(mark, absl::StrCat("a tag, ", QuoteForMessage(tag), "; leave it out"));
    if (++nodes_ > kYamlNodesMax) Fail(mark, absl::StrCat("more than ", kYamlNodesMax, " values"));
    return !mistake_;
  }

  // Finds what the tag does not tell: a quote left open at the end of the file, and a tag that is just "!".
  bool AcceptQuote(const YAML::Mark& mark) {
    const absl::string_view rest = text_.substr(std::min(static_cast<size_t>(std::max(mark.pos, 0)), text_.size()));
    if (rest.empty()) return true;
    if (rest[0] == '!') Fail(mark, "a tag, \"!\"; leave it out");
    if ((rest[0] == '"' || rest[0] == '\'') && !IsQuoteClosed(rest)) Fail(mark, "a quote that is not closed");
    return !mistake_;
  }

  bool AwaitsKey() const {
    return !open_.empty() && open_.back().node->kind == YamlNode::Kind::kMap && !open_.back().key_read;
  }

  void AddKey(const YAML::Mark& mark, const std::string& key) {
    std::vector<YamlEntry>& entries = open_.back().node->entries;
    const auto same = std::find_if(entries.begin(), entries.end(), [&](const YamlEntry& e) { return e.key == key; });
    if (same != entries.end()) {
      return Fail(mark, absl::StrCat(QuoteForMessage(key), ": key given twice; first in line ", same->line));
    }
    entries.push_back({key, mark.line + 1, {}});
    open_.back().key_read = true;
  }

  // The place of the next value in the tree.
  YamlNode* Place(const YAML::Mark& mark) {
    YamlNode* node = &root_;
    if (!open_.empty() && open_.back().node->kind == YamlNode::Kind::kList) {
      node = &open_.back().node->items.emplace_back();
    } else if (!open_.empty()) {
      node = &open_.back().node->entries.back().value;
      open_.back().key_read = false;
    }
    node->line = mark.line + 1;
    return node;
  }

  void Open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YamlNode::Kind kind) {
    if (!Accept(mark, tag, anchor)) return;
    if (AwaitsKey()) return Fail(mark, "a key that is a list or a map; wanted a name");
    if (open_.size() >= kYamlDepthMax) return Fail(mark, absl::StrCat("nested deeper than ", kYamlDepthMax, " levels"));
    YamlNode* node = Place(mark);
    node->kind = kind;
    open_.push_back({node});
  }

  void Close() {
    if (!mistake_) open_.pop_back();
  }

  const absl::string_view text_;
  YamlNode root_;
  std::vector<OpenNode> open_;
  int nodes_ = 0;
  int documents_ = 0;
  std::optional<std::pair<int, std::string>> mistake_;
};

// Feeds `text`, the same that `builder` has, to it. The boundary that yaml-cpp's exceptions do not cross.
absl::Status RunParser(absl::string_view text, absl::string_view file, TreeBuilder& builder) {
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    while (!builder.mistake() && parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& error) {
    if (builder.mistake()) return absl::OkStatus();
    return ErrorAt(file, std::max(error.mark.line, 0) + 1, absl::StrCat("not YAML: ", error.msg));
  } catch (const std::exception& error) {
    return absl::InvalidArgumentError(absl::StrCat(file, ": not YAML: ", error.what()));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<YamlNode> ParseYaml(absl::string_view text, absl::string_view file) {
  if (text.size() > kYamlBytesMax) {
    return absl::InvalidArgumentError(absl::StrCat(file, ": ", text.size(), " bytes, wanted at most ", kYamlBytesMax));
  }
  RETURN_IF_ERROR(CheckCharacters(text, file));
  absl::ConsumePrefix(&text, "\xef\xbb\xbf");  // A byte order mark, as some editors write it.
  TreeBuilder builder(text);
  RETURN_IF_ERROR(RunParser(text, file, builder));
  if (builder.mistake()) return ErrorAt(file, builder.mistake()->first, builder.mistake()->second);
  return builder.TakeRoot();
}

}  // namespace lathe
