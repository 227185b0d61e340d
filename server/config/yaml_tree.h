// YAML text as a plain tree with line numbers, for a strict subset of the language.
//
// Allowed: one document of maps, lists and scalars. Refused, each with its line: anchors, aliases, tags, a key twice in
// one map, keys that are not plain text, a second document, bytes that are not UTF-8, control characters, and a file
// that is larger, deeper or richer in nodes than any configuration needs. So what a reader of the file sees is what is
// there. Source: YAML 1.2.2; yaml-cpp 0.7 does the parsing, and none of its types or exceptions leave yaml_tree.cc.
#ifndef LATHE_SERVER_CONFIG_YAML_TREE_H_
#define LATHE_SERVER_CONFIG_YAML_TREE_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace lathe {

inline constexpr size_t kYamlBytesMax = 1 << 20;
inline constexpr int kYamlDepthMax = 16;
inline constexpr int kYamlNodesMax = 10000;

struct YamlEntry;

struct YamlNode {
  enum class Kind { kEmpty, kScalar, kMap, kList };

  Kind kind = Kind::kEmpty;  // kEmpty: nothing, or one of YAML's spellings of null.
  int line = 1;
  bool quoted = false;             // kScalar: written in quotes or as a block, and so a text whatever it looks like.
  std::string text;                // kScalar
  std::vector<YamlEntry> entries;  // kMap, in the order of the file, keys unique.
  std::vector<YamlNode> items;     // kList
};

struct YamlEntry {
  std::string key;
  int line = 1;
  YamlNode value;
};

// Parses `text`; `file` names it in errors. An empty document is a kEmpty node.
// Errors: INVALID_ARGUMENT, "file:line: what is wrong", the first one found.
absl::StatusOr<YamlNode> ParseYaml(absl::string_view text, absl::string_view file);

}  // namespace lathe

#endif  // LATHE_SERVER_CONFIG_YAML_TREE_H_
