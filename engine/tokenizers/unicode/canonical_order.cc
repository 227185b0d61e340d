#include "engine/tokenizers/unicode/canonical_order.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace lathe {
namespace {

// Up to here moving each mark to its place is faster than counting 256 classes.
constexpr size_t kInsertionMax = 32;

void InsertionSort(std::vector<CombiningMark>& marks) {
  for (size_t i = 1; i < marks.size(); ++i) {
    const CombiningMark mark = marks[i];
    size_t j = i;
    for (; j > 0 && marks[j - 1].combining_class > mark.combining_class; --j) marks[j] = marks[j - 1];
    marks[j] = mark;
  }
}

void CountingSort(std::vector<CombiningMark>& marks) {
  std::array<size_t, 257> begin{};
  for (const CombiningMark& mark : marks) ++begin[mark.combining_class + 1];
  for (size_t i = 1; i < begin.size(); ++i) begin[i] += begin[i - 1];
  std::vector<CombiningMark> sorted(marks.size());
  for (const CombiningMark& mark : marks) sorted[begin[mark.combining_class]++] = mark;
  marks.swap(sorted);
}

}  // namespace

void SortByCombiningClass(std::vector<CombiningMark>& marks) {
  if (marks.size() <= kInsertionMax) {
    InsertionSort(marks);
  } else {
    CountingSort(marks);
  }
}

}  // namespace lathe
