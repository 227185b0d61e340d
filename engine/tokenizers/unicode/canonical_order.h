// Canonical ordering: a run of marks sorted by combining class, marks of one class staying as they were.
//
// Source: The Unicode Standard, section 3.11, D108-D109.
#ifndef LATHE_ENGINE_TOKENIZERS_UNICODE_CANONICAL_ORDER_H_
#define LATHE_ENGINE_TOKENIZERS_UNICODE_CANONICAL_ORDER_H_

#include <cstdint>
#include <vector>

#include "engine/tokenizers/unicode/code_points.h"

namespace lathe {

struct CombiningMark {
  char32_t code_point;
  uint8_t combining_class;
};

// Sorts by class, stably, in time linear in the number of marks: a text may be one run of a million.
void SortByCombiningClass(std::vector<CombiningMark>& marks);

// Puts a stream of decomposed code points in canonical order. `sink(char32_t)` receives them.
//
//   CanonicalOrder order;
//   for (char32_t c : decomposed) order.Push(c, sink);
//   order.Flush(sink);
class CanonicalOrder {
 public:
  template <typename Sink>
  void Push(char32_t code_point, Sink&& sink) {
    if ((CodePointClasses()[code_point] & kReorderedClass) != 0) {
      marks_.push_back({code_point, CombiningClass(code_point)});
      return;
    }
    Flush(sink);
    sink(code_point);
  }

  // Hands on the marks that are still held back.
  template <typename Sink>
  void Flush(Sink&& sink) {
    if (marks_.empty()) return;
    SortByCombiningClass(marks_);
    for (const CombiningMark& mark : marks_) sink(mark.code_point);
    marks_.clear();
  }

 private:
  std::vector<CombiningMark> marks_;
};

}  // namespace lathe

#endif  // LATHE_ENGINE_TOKENIZERS_UNICODE_CANONICAL_ORDER_H_
