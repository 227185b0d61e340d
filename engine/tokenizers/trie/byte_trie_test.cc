#include "engine/tokenizers/trie/byte_trie.h"

#include <map>
#include <random>
#include <string>

#include "engine/base/status_matchers.h"
#include "gtest/gtest.h"

namespace lathe {
namespace {

int32_t Find(const ByteTrie& trie, absl::string_view key) {
  int32_t node = ByteTrie::kRoot;
  for (const char byte : key) {
    node = trie.Child(node, static_cast<uint8_t>(byte));
    if (node == ByteTrie::kNone) return ByteTrie::kNone;
  }
  return trie.Value(node);
}

TEST(ByteTrieTest, EmptyHasNoChild) {
  ASSERT_OK_AND_ASSIGN(const ByteTrie trie, ByteTrie::Build({}));
  for (int byte = 0; byte < 256; ++byte) EXPECT_EQ(trie.Child(ByteTrie::kRoot, byte), ByteTrie::kNone);
}

TEST(ByteTrieTest, PrefixesNulAndTheLargestByte) {
  const std::string nul(1, '\0');
  ASSERT_OK_AND_ASSIGN(
      const ByteTrie trie,
      ByteTrie::Build({{"ab", 1}, {"abc", 2}, {nul, 3}, {nul + nul, 4}, {"\xff", ByteTrie::kNone}, {"\xff\xff", 5}}));
  EXPECT_EQ(Find(trie, "a"), ByteTrie::kNone);
  EXPECT_EQ(Find(trie, "ab"), 1);
  EXPECT_EQ(Find(trie, "abc"), 2);
  EXPECT_EQ(Find(trie, nul), 3);
  EXPECT_EQ(Find(trie, nul + nul), 4);
  EXPECT_EQ(Find(trie, "\xff\xff"), 5);
  EXPECT_NE(trie.Child(ByteTrie::kRoot, 0xff), ByteTrie::kNone);
}

TEST(ByteTrieTest, OfEqualKeysTheLastCounts) {
  ASSERT_OK_AND_ASSIGN(const ByteTrie trie, ByteTrie::Build({{"a", 1}, {"b", 2}, {"a", 3}}));
  EXPECT_EQ(Find(trie, "a"), 3);
}

TEST(ByteTrieTest, EdgesComeShorterPathsFirst) {
  std::vector<ByteTrie::Edge> edges;
  ASSERT_OK(ByteTrie::Build({{"abc", 1}, {"b", 2}, {"ad", 3}}, &edges));
  std::map<int32_t, int> depth = {{ByteTrie::kRoot, 0}};
  int last = 0;
  for (const ByteTrie::Edge& edge : edges) {
    ASSERT_TRUE(depth.count(edge.parent));
    depth[edge.child] = depth[edge.parent] + 1;
    EXPECT_GE(depth[edge.child], last);
    last = depth[edge.child];
  }
  EXPECT_EQ(edges.size(), 5u);
}

TEST(ByteTrieTest, AgreesWithAMapOnRandomKeys) {
  const uint32_t seed = std::random_device()();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  const auto any = [&](int letters) {
    std::string key(random() % 6, '\0');
    for (char& byte : key) byte = static_cast<char>(random() % letters);
    return key;
  };
  for (int letters : {2, 5, 256}) {
    std::map<std::string, int32_t> wanted;
    std::vector<ByteTrie::Key> keys;
    for (int i = 0; i < 5000; ++i) keys.push_back({any(letters), i}), wanted[keys.back().bytes] = i;
    ASSERT_OK_AND_ASSIGN(const ByteTrie trie, ByteTrie::Build(keys));
    for (const auto& [key, value] : wanted) ASSERT_EQ(Find(trie, key), value);
    for (int i = 0; i < 5000; ++i) {
      const std::string key = any(letters);
      const auto found = wanted.find(key);
      ASSERT_EQ(Find(trie, key), found == wanted.end() ? ByteTrie::kNone : found->second);
    }
  }
}

}  // namespace
}  // namespace lathe
