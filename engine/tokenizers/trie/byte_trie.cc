#include "engine/tokenizers/trie/byte_trie.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"

namespace lathe {

// Places one node's children after another, shorter paths first. Keys are sorted, so that the keys below a node are one
// range of them.
class ByteTrieBuilder {
 public:
  explicit ByteTrieBuilder(std::vector<ByteTrie::Key> keys) : keys_(std::move(keys)) {
    std::stable_sort(keys_.begin(), keys_.end(), [](const auto& a, const auto& b) { return a.bytes < b.bytes; });
    Grow(1);
    trie_.slots_[ByteTrie::kRoot].parent = kTaken;  // Nobody's child.
    open_.push_back({ByteTrie::kRoot, 0, keys_.size(), 0});
  }

  absl::StatusOr<ByteTrie> Build(std::vector<ByteTrie::Edge>* edges) {
    for (size_t i = 0; i < open_.size(); ++i) {
      if (i > ByteTrie::kNodesMax) {
        return absl::InvalidArgumentError(absl::StrCat("more than ", ByteTrie::kNodesMax, " trie nodes"));
      }
      Expand(open_[i], edges);
    }
    return std::move(trie_);
  }

 private:
  static constexpr int32_t kTaken = -2;

  // A node whose children have no place yet: the keys of [begin, end) go through it, `depth` bytes from the root.
  struct Open {
    int32_t node;
    size_t begin, end, depth;
  };

  void Grow(size_t slots) {
    trie_.slots_.resize(std::max(trie_.slots_.size(), slots + 256));
    trie_.values_.resize(trie_.slots_.size(), ByteTrie::kNone);
  }

  bool Free(size_t slot) const { return slot >= trie_.slots_.size() || trie_.slots_[slot].parent == ByteTrie::kNone; }

  void Expand(Open open, std::vector<ByteTrie::Edge>* edges) {
    size_t key = open.begin;
    for (; key < open.end && keys_[key].bytes.size() == open.depth; ++key) {
      trie_.values_[open.node] = keys_[key].value;
    }
    if (key == open.end) return;
    const size_t first_child = open_.size();
    std::vector<uint8_t> bytes;
    while (key < open.end) {
      const char byte = keys_[key].bytes[open.depth];
      const size_t begin = key;
      while (key < open.end && keys_[key].bytes[open.depth] == byte) ++key;
      bytes.push_back(static_cast<uint8_t>(byte));
      open_.push_back({0, begin, key, open.depth + 1});
    }
    const uint32_t base = FindBase(bytes);
    Grow(base + 256);
    trie_.slots_[open.node].base = base;
    for (size_t i = 0; i < bytes.size(); ++i) {
      const auto child = static_cast<int32_t>(base + bytes[i]);
      trie_.slots_[child].parent = open.node;
      open_[first_child + i].node = child;
      if (edges != nullptr) edges->push_back({open.node, child, bytes[i]});
    }
    end_ = std::max<size_t>(end_, base + bytes.back() + 1);
  }

  // The first base at which every child finds a free slot. Looks at a bounded number of places and then takes the end,
  // so that building is linear in the number of nodes; places that were passed over often are given up.
  uint32_t FindBase(const std::vector<uint8_t>& bytes) {
    constexpr size_t kPlacesMax = 256, kGivenUp = 16;
    size_t place = std::max<size_t>(hint_, bytes.front() + 1);
    for (const size_t last = place + kPlacesMax; place < last && place < end_; ++place) {
      const size_t base = place - bytes.front();
      if (std::all_of(bytes.begin(), bytes.end(), [&](uint8_t byte) { return Free(base + byte); })) return base;
    }
    if (place < end_) hint_ += kGivenUp;
    return std::max<size_t>(end_, bytes.front() + 1) - bytes.front();
  }

  std::vector<ByteTrie::Key> keys_;
  std::vector<Open> open_;
  ByteTrie trie_;
  size_t hint_ = 1;
  size_t end_ = 1;  // Behind the last slot taken.
};

absl::StatusOr<ByteTrie> ByteTrie::Build(std::vector<Key> keys, std::vector<Edge>* edges) {
  return ByteTrieBuilder(std::move(keys)).Build(edges);
}

}  // namespace lathe
