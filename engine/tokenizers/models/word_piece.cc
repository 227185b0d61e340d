#include "engine/tokenizers/models/word_piece.h"

#include <algorithm>

#include "absl/memory/memory.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/tokenizers/unicode/utf8.h"

namespace lathe {
namespace {

constexpr uint8_t kContinuing = 0xFF;

// A vocabulary of a language has fewer certain tokens than nodes; only a contrived one gets here.
constexpr size_t kCertainMax = 16'000'000;

std::vector<ByteTrie::Key> Keys(const WordPieceOptions& options) {
  std::vector<ByteTrie::Key> keys = {{std::string(1, static_cast<char>(kContinuing)), ByteTrie::kNone}};
  const absl::string_view prefix = options.continuing_subword_prefix;
  for (const auto& [token, id] : options.vocabulary) {
    if (token.empty()) continue;
    // A continuing token can begin a word too, if the text itself has the prefix.
    keys.push_back({token, id});
    if (!absl::StartsWith(token, prefix) || token.size() == prefix.size()) continue;
    keys.push_back({absl::StrCat(keys[0].bytes, absl::string_view(token).substr(prefix.size())), id});
  }
  return keys;
}

}  // namespace

absl::StatusOr<std::unique_ptr<WordPiece>> WordPiece::Create(const WordPieceOptions& options) {
  std::vector<ByteTrie::Edge> edges;
  ASSIGN_OR_RETURN(ByteTrie trie, ByteTrie::Build(Keys(options), &edges));
  auto model = absl::WrapUnique(new WordPiece(std::move(trie), options.unknown_id, options.max_input_chars_per_word));
  RETURN_IF_ERROR(model->MakeFailures(edges));
  return model;
}

WordPiece::WordPiece(ByteTrie trie, int32_t unknown_id, size_t max_input_chars_per_word)
    : trie_(std::move(trie)),
      continuing_root_(trie_.Child(ByteTrie::kRoot, kContinuing)),
      failures_(trie_.node_limit()),
      unknown_id_(unknown_id),
      max_input_chars_per_word_(max_input_chars_per_word) {}

absl::Status WordPiece::MakeFailures(const std::vector<ByteTrie::Edge>& edges) {
  // A link leads to a node whose path has fewer bytes of text, so that it is ready when edges come shorter paths first.
  for (const ByteTrie::Edge& edge : edges) {
    if (edge.child != continuing_root_) RETURN_IF_ERROR(MakeFailure(edge));
  }
  return absl::OkStatus();
}

absl::Status WordPiece::MakeFailure(const ByteTrie::Edge& edge) {
  Failure& failure = failures_[edge.child];
  failure.begin = failure.end = certain_.size();
  if (const int32_t id = trie_.Value(edge.child); id != ByteTrie::kNone) {
    certain_.push_back(id);
    failure.end = certain_.size();
    failure.link = continuing_root_;
    return absl::OkStatus();
  }
  // The parent's tokens are certain, and those on the way from its link to a node that has the child.
  const auto append = [&](const Failure& from) {
    for (uint32_t i = from.begin; i < from.end; ++i) certain_.push_back(certain_[i]);
  };
  append(failures_[edge.parent]);
  int32_t node = failures_[edge.parent].link;
  while (node != ByteTrie::kNone && trie_.Child(node, edge.byte) == ByteTrie::kNone) {
    append(failures_[node]);
    node = failures_[node].link;
  }
  if (node == ByteTrie::kNone) {
    certain_.resize(failure.begin);
    return absl::OkStatus();
  }
  failure.link = trie_.Child(node, edge.byte);
  failure.end = certain_.size();
  if (certain_.size() <= kCertainMax) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("tokens too long and alike: more than ", kCertainMax, " in failure links"));
}

bool WordPiece::TooLong(absl::string_view word) const {
  return word.size() > max_input_chars_per_word_ && CountCodePoints(word) > max_input_chars_per_word_;
}

void WordPiece::Tokenize(absl::string_view word, std::vector<int32_t>& ids) const {
  const size_t begin = ids.size();
  if (!TooLong(word) && Match(word, ids)) return;
  ids.resize(begin);
  ids.push_back(unknown_id_);
}

bool WordPiece::Match(absl::string_view word, std::vector<int32_t>& ids) const {
  int32_t node = ByteTrie::kRoot;
  for (const char c : word) {
    const auto byte = static_cast<uint8_t>(c);
    int32_t child;
    while ((child = trie_.Child(node, byte)) == ByteTrie::kNone) {
      if (!Fail(node, ids)) return false;
    }
    node = child;
  }
  while (node != continuing_root_) {
    if (!Fail(node, ids)) return false;
  }
  return true;
}

bool WordPiece::Fail(int32_t& node, std::vector<int32_t>& ids) const {
  const Failure& failure = failures_[node];
  if (failure.link == ByteTrie::kNone) return false;
  ids.insert(ids.end(), certain_.begin() + failure.begin, certain_.begin() + failure.end);
  node = failure.link;
  return true;
}

}  // namespace lathe
