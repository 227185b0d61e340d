#include "server/config/suggest.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>
#include <vector>

namespace lathe {
namespace {

// Nothing that is longer is a misspelt key; the bound keeps the quadratic cost of hostile words small.
constexpr size_t kWordBytesMax = 64;

}  // namespace

int EditDistance(absl::string_view a, absl::string_view b) {
  // Three rows of the table d[i][j], the distance of the first i characters of `a` and the first j of `b`.
  std::vector<int> before(b.size() + 1), previous(b.size() + 1), current(b.size() + 1);
  std::iota(current.begin(), current.end(), 0);
  for (size_t i = 1; i <= a.size(); ++i) {
    std::swap(before, previous);
    std::swap(previous, current);
    current[0] = static_cast<int>(i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const int replaced = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      current[j] = std::min({replaced, previous[j] + 1, current[j - 1] + 1});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) current[j] = std::min(current[j], before[j - 2] + 1);
    }
  }
  return current[b.size()];
}

std::string Suggest(absl::string_view word, absl::Span<const std::string> known) {
  if (word.size() > kWordBytesMax) return "";
  int allowed = std::max(1, static_cast<int>(word.size()) / 3);
  std::string nearest;
  for (const std::string& candidate : known) {
    const int distance = EditDistance(word, candidate);
    if (distance > allowed) continue;
    nearest = candidate;
    allowed = distance - 1;
  }
  return nearest;
}

}  // namespace lathe
