// Reads a YAML file into settings and refuses everything that could mean something else than it seems to.
//
// Beyond yaml_tree.h's rules of syntax: an unknown key is an error that suggests the nearest known one, a value out of
// range says what was wanted, a required key must be there. There is no implicit typing: `no` is the text "no", and a
// quoted "5" is a text where an integer is wanted. All mistakes of a file are reported, in the order of its lines:
//
//   configs/models/sentiment.yaml:7: batching.max_token: unknown key; did you mean max_tokens?
//   configs/models/sentiment.yaml:8: batching.max_tokens: got "abc", wanted an integer from 1 to 1048576
#ifndef LATHE_SERVER_CONFIG_STRICT_YAML_H_
#define LATHE_SERVER_CONFIG_STRICT_YAML_H_

#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "server/config/setting.h"

namespace lathe {

// The line of each key that a file set.
struct YamlPlaces {
  std::string file;
  std::map<std::string, int, std::less<>> lines;

  // What stands in front of an error about `key`: "file:7: key", or "file: key" for a key that the file does not set.
  std::string Of(absl::string_view key) const;
};

// Parses `text` and stores each of its keys in its row of `settings`; rows without a key keep their value. On an error
// some rows may have been stored. `file` names the text in errors.
// Errors: INVALID_ARGUMENT, one line per mistake.
absl::StatusOr<YamlPlaces> ReadYaml(absl::string_view text, const std::string& file,
                                    absl::Span<const Setting> settings);

}  // namespace lathe

#endif  // LATHE_SERVER_CONFIG_STRICT_YAML_H_
