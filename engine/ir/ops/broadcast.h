// Walking the elements of broadcast operands, for reference evaluations.
#ifndef LATHE_ENGINE_IR_OPS_BROADCAST_H_
#define LATHE_ENGINE_IR_OPS_BROADCAST_H_

#include <algorithm>
#include <cstdint>
#include <vector>

#include "engine/ir/tensor.h"

namespace lathe {

inline std::vector<int64_t> BroadcastShape(const std::vector<int64_t>& a, const std::vector<int64_t>& b) {
  std::vector<int64_t> result(std::max(a.size(), b.size()), 1);
  for (size_t i = 0; i < result.size(); ++i) {
    const int64_t from_a = i < a.size() ? a[a.size() - 1 - i] : 1;
    const int64_t from_b = i < b.size() ? b[b.size() - 1 - i] : 1;
    result[result.size() - 1 - i] = from_a == 1 ? from_b : from_a;
  }
  return result;
}

// Where element `index` of an array of `shape` comes from in an operand of shape `operand` that was broadcast to it.
inline int64_t BroadcastIndex(int64_t index, const std::vector<int64_t>& shape, const std::vector<int64_t>& operand) {
  int64_t source = 0;
  int64_t stride = 1;
  for (size_t i = 0; i < shape.size(); ++i) {
    const size_t axis = shape.size() - 1 - i;
    const int64_t at = index % shape[axis];
    index /= shape[axis];
    if (i >= operand.size()) continue;
    const int64_t size = operand[operand.size() - 1 - i];
    if (size != 1) source += at * stride;
    stride *= size;
  }
  return source;
}

}  // namespace lathe

#endif  // LATHE_ENGINE_IR_OPS_BROADCAST_H_
