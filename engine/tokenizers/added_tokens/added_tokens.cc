#include "engine/tokenizers/added_tokens/added_tokens.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/tokenizers/unicode/code_points.h"
#include "engine/tokenizers/unicode/utf8.h"

namespace lathe {
namespace {

bool IsA(char32_t code_point, CodePointClass wanted) { return (CodePointClasses()[code_point] & wanted) != 0; }

bool EndsWith(absl::string_view text, CodePointClass wanted) {
  return !text.empty() && IsA(LastCodePoint(text), wanted);
}

bool BeginsWith(absl::string_view text, CodePointClass wanted) {
  size_t position = 0;
  return !text.empty() && IsA(NextCodePoint(text, position), wanted);
}

// Where the white space that ends at `end` begins, but not before `begin`.
size_t SpaceBegin(absl::string_view text, size_t begin, size_t end) {
  while (end > begin && EndsWith(text.substr(begin, end - begin), kWhitespaceClass)) {
    do {
      --end;
    } while ((text[end] & 0xC0) == 0x80);
  }
  return end;
}

size_t SpaceEnd(absl::string_view text, size_t begin) {
  size_t end = begin;
  for (size_t next = begin; next < text.size(); end = next) {
    if (!IsA(NextCodePoint(text, next), kWhitespaceClass)) break;
  }
  return end;
}

// SpaceEnd, asked at rising places: looks at each byte once.
class SpaceEnds {
 public:
  explicit SpaceEnds(absl::string_view text) : text_(text) {}
  size_t After(size_t begin) {
    if (begin < begin_ || begin > end_) {
      begin_ = begin;
      end_ = SpaceEnd(text_, begin);
    }
    return end_;
  }

 private:
  absl::string_view text_;
  size_t begin_ = 1, end_ = 0;
};

}  // namespace

absl::StatusOr<AddedTokens> AddedTokens::Create(std::vector<AddedToken> tokens) {
  std::vector<ByteTrie::Key> keys;
  for (const AddedToken& token : tokens) {
    if (token.content.empty() || token.content.size() > kContentBytesMax) {
      return absl::InvalidArgumentError(absl::StrCat("added token of id ", token.id, ": ", token.content.size(),
                                                     " bytes to look for, wanted 1 to ", kContentBytesMax));
    }
    keys.push_back({token.content, static_cast<int32_t>(keys.size())});
  }
  std::reverse(keys.begin(), keys.end());  // The trie keeps the last of equal keys.
  ASSIGN_OR_RETURN(ByteTrie trie, ByteTrie::Build(std::move(keys)));
  return AddedTokens(std::move(tokens), std::move(trie));
}

AddedTokens::AddedTokens(std::vector<AddedToken> tokens, ByteTrie trie)
    : tokens_(std::move(tokens)), trie_(std::move(trie)) {
  for (int byte = 0; byte < 256; ++byte) first_byte_[byte] = trie_.Child(ByteTrie::kRoot, byte) != ByteTrie::kNone;
}

std::optional<AddedTokens::Found> AddedTokens::Find(absl::string_view text, size_t position) const {
  for (size_t begin = position; begin < text.size(); ++begin) {
    if (!first_byte_[static_cast<uint8_t>(text[begin])]) continue;
    Found longest{begin, begin, nullptr};
    int32_t node = ByteTrie::kRoot;
    for (size_t end = begin; end < text.size();) {
      node = trie_.Child(node, static_cast<uint8_t>(text[end++]));
      if (node == ByteTrie::kNone) break;
      if (trie_.Value(node) != ByteTrie::kNone) longest = {begin, end, &tokens_[trie_.Value(node)]};
    }
    if (longest.token != nullptr) return longest;
  }
  return std::nullopt;
}

bool AddedTokens::Split(absl::string_view text, Sink sink) const {
  SpaceEnds space_ends(text);
  size_t done = 0;
  for (size_t position = 0; const std::optional<Found> found = Find(text, position);) {
    // Even a match that is passed over is one: the search goes on behind it.
    position = found->end;
    const AddedToken& token = *found->token;
    size_t begin = found->begin, end = found->end;
    if (token.single_word &&
        (EndsWith(text.substr(0, begin), kWordClass) || BeginsWith(text.substr(end), kWordClass))) {
      continue;
    }
    if (token.lstrip) begin = std::max(done, SpaceBegin(text, std::min(done, begin), begin));
    if (token.rstrip) end = space_ends.After(end);
    if (done < begin && !sink(text.substr(done, begin - done), std::nullopt)) return false;
    if (!sink(text.substr(found->begin, found->end - found->begin), token.id)) return false;
    // The white space that one token swallowed may hold another, and the text then goes on behind that.
    done = end;
  }
  return done >= text.size() || sink(text.substr(done), std::nullopt);
}

}  // namespace lathe
