// Checked integer arithmetic for every size and offset that comes from a file or a client.
#ifndef LATHE_ENGINE_BASE_CHECKED_H_
#define LATHE_ENGINE_BASE_CHECKED_H_

#include <cstdint>
#include <optional>

namespace lathe {

// An integer that remembers overflow: arithmetic on it never wraps, and value() is empty once any step did not fit.
//
//   std::optional<uint64_t> end = (Checked<uint64_t>(8) + header_bytes + data_bytes).value();
template <typename Int>
class Checked {
 public:
  Checked(Int value) : value_(value) {}  // NOLINT(google-explicit-constructor): arithmetic reads as arithmetic.

  friend Checked operator+(Checked a, Checked b) {
    return Apply(a, b, [](Int x, Int y, Int* r) { return __builtin_add_overflow(x, y, r); });
  }
  friend Checked operator-(Checked a, Checked b) {
    return Apply(a, b, [](Int x, Int y, Int* r) { return __builtin_sub_overflow(x, y, r); });
  }
  friend Checked operator*(Checked a, Checked b) {
    return Apply(a, b, [](Int x, Int y, Int* r) { return __builtin_mul_overflow(x, y, r); });
  }

  std::optional<Int> value() const { return overflowed_ ? std::nullopt : std::optional<Int>(value_); }

 private:
  template <typename Operation>
  static Checked Apply(Checked a, Checked b, Operation operation) {
    Checked result(0);
    result.overflowed_ = a.overflowed_ || b.overflowed_ || operation(a.value_, b.value_, &result.value_);
    return result;
  }

  Int value_;
  bool overflowed_ = false;
};

}  // namespace lathe

#endif  // LATHE_ENGINE_BASE_CHECKED_H_
