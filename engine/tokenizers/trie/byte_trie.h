// A trie over bytes in a double array: one load and one comparison for each byte of a lookup.
//
// Node n's child for byte b is slot base[n] + b, if that slot names n as its parent.
// Source: Aoe 1989, "An Efficient Digital Search Algorithm by Using a Double-Array Structure".
#ifndef LATHE_ENGINE_TOKENIZERS_TRIE_BYTE_TRIE_H_
#define LATHE_ENGINE_TOKENIZERS_TRIE_BYTE_TRIE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace lathe {

// Immutable and thread-safe once built.
class ByteTrie {
 public:
  static constexpr int32_t kNone = -1;
  static constexpr int32_t kRoot = 0;

  struct Key {
    std::string bytes;
    int32_t value;  // kNone for a key that only has to have a node.
  };
  struct Edge {
    int32_t parent;
    int32_t child;
    uint8_t byte;
  };

  // Builds the trie of `keys`; of equal keys the last one's value is kept. Every edge is appended to `edges`, if that
  // is given, shorter paths first. Errors: INVALID_ARGUMENT (more nodes than kNodesMax).
  static absl::StatusOr<ByteTrie> Build(std::vector<Key> keys, std::vector<Edge>* edges = nullptr);

  // About 20 times what the largest vocabularies in use need.
  static constexpr size_t kNodesMax = 16'000'000;

  int32_t Child(int32_t node, uint8_t byte) const {
    const uint32_t slot = slots_[node].base + byte;
    return slots_[slot].parent == node ? static_cast<int32_t>(slot) : kNone;
  }

  // The value of the key that ends at a node, or kNone.
  int32_t Value(int32_t node) const { return values_[node]; }

  // Nodes are numbers below this one.
  size_t node_limit() const { return slots_.size(); }

 private:
  friend class ByteTrieBuilder;
  struct Slot {
    uint32_t base = 0;
    int32_t parent = kNone;
  };

  // 256 slots longer than the last base, so that a lookup needs no test.
  std::vector<Slot> slots_;
  std::vector<int32_t> values_;
};

}  // namespace lathe

#endif  // LATHE_ENGINE_TOKENIZERS_TRIE_BYTE_TRIE_H_
