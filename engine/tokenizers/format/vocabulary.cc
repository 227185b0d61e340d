#include "engine/tokenizers/format/vocabulary.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace lathe {

absl::Status Vocabulary::Add(absl::string_view token, int64_t id) {
  const auto error = [&](absl::string_view what) {
    return absl::InvalidArgumentError(absl::StrCat("token \"", absl::CHexEscape(token.substr(0, 100)), "\": ", what));
  };
  if (id < 0 || id > kIdMax) return error(absl::StrCat("id: got ", id, ", wanted 0 to ", kIdMax));
  if (!ids_.insert(static_cast<int32_t>(id)).second) return error(absl::StrCat("id ", id, " belongs to another token"));
  if (!tokens_.emplace(token, static_cast<int32_t>(id)).second) return error("is there twice");
  id_limit_ = std::max(id_limit_, id + 1);
  return absl::OkStatus();
}

void Vocabulary::Replace(absl::string_view token, int64_t id) {
  tokens_[std::string(token)] = static_cast<int32_t>(id);
  ids_.insert(static_cast<int32_t>(id));
  id_limit_ = std::max(id_limit_, id + 1);
}

std::optional<int32_t> Vocabulary::Find(absl::string_view token) const {
  const auto found = tokens_.find(token);
  if (found == tokens_.end()) return std::nullopt;
  return found->second;
}

}  // namespace lathe
