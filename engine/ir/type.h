// The type of a value: an element type and a shape whose dimensions may depend on the batch.
#ifndef LATHE_ENGINE_IR_TYPE_H_
#define LATHE_ENGINE_IR_TYPE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "engine/ir/dtype.h"

namespace lathe {

// What a batch makes of the symbols: T tokens in N sequences.
struct Extents {
  int64_t tokens = 0;
  int64_t sequences = 0;
};

// One dimension: constant + tokens * T + sequences * N. Written "768", "T", "N+1", "2*T+3".
struct Dim {
  int64_t constant = 0;
  int64_t tokens = 0;
  int64_t sequences = 0;

  Dim() = default;
  Dim(int64_t size) : constant(size) {}  // NOLINT(google-explicit-constructor): shapes read as {T, 768}.
  Dim(int64_t constant_term, int64_t tokens_factor, int64_t sequences_factor)
      : constant(constant_term), tokens(tokens_factor), sequences(sequences_factor) {}
  static Dim T() { return {0, 1, 0}; }
  static Dim N() { return {0, 0, 1}; }

  bool is_constant() const { return tokens == 0 && sequences == 0; }
  int64_t Evaluate(const Extents& extents) const {
    return constant + tokens * extents.tokens + sequences * extents.sequences;
  }
  std::string ToString() const;

  friend bool operator==(const Dim&, const Dim&) = default;
  friend Dim operator+(const Dim& a, const Dim& b) {
    return {a.constant + b.constant, a.tokens + b.tokens, a.sequences + b.sequences};
  }
  friend Dim operator*(const Dim& a, int64_t factor) {
    return {a.constant * factor, a.tokens * factor, a.sequences * factor};
  }
};

using Shape = std::vector<Dim>;

// "[T, 768]"; "[]" for a scalar.
std::string ToString(const Shape& shape);

// Row-major; the leading dimension is the ragged one.
struct Type {
  DType dtype = DType::kF32;
  Shape shape;

  int64_t rank() const { return static_cast<int64_t>(shape.size()); }
  // "f32[T, 768]".
  std::string ToString() const;
  friend bool operator==(const Type&, const Type&) = default;
};

// Whether a value may have this type: rank 8 at most, dimensions from 0 to 2^31, one of them symbolic at most, and 1e12
// elements per token and sequence at most. No real model comes near, and no size computed from such a type overflows.
// Errors: INVALID_ARGUMENT, saying got and wanted.
absl::Status CheckType(const Type& type);

// Elements of a value, which is affine in T and N as long as one dimension at most is symbolic.
// Requires: CheckType holds (as it does for every value of a graph).
Dim ElementCount(const Shape& shape);

}  // namespace lathe

#endif  // LATHE_ENGINE_IR_TYPE_H_
