// The tokens of a tokenizer and their ids, as its files list them.
#ifndef LATHE_ENGINE_TOKENIZERS_FORMAT_VOCABULARY_H_
#define LATHE_ENGINE_TOKENIZERS_FORMAT_VOCABULARY_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace lathe {

// More than any model's embedding table has rows.
inline constexpr int64_t kIdMax = (1 << 24) - 1;

class Vocabulary {
 public:
  // Errors: INVALID_ARGUMENT (the token or the id is there already, or the id is not in [0, kIdMax]).
  absl::Status Add(absl::string_view token, int64_t id);

  // Lets an id that no token has any more stay unused, as a token whose line is repeated later does.
  void Replace(absl::string_view token, int64_t id);

  std::optional<int32_t> Find(absl::string_view token) const;
  bool HasId(int64_t id) const { return ids_.contains(id); }
  size_t size() const { return tokens_.size(); }
  // One more than the largest id.
  int64_t id_limit() const { return id_limit_; }
  const absl::flat_hash_map<std::string, int32_t>& tokens() const { return tokens_; }

 private:
  absl::flat_hash_map<std::string, int32_t> tokens_;
  absl::flat_hash_set<int32_t> ids_;
  int64_t id_limit_ = 0;
};

}  // namespace lathe

#endif  // LATHE_ENGINE_TOKENIZERS_FORMAT_VOCABULARY_H_
