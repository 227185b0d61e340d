// Where a value is while a plan runs, and how its rows lie.
#ifndef LATHE_ENGINE_DEVICES_CPU_OPERAND_H_
#define LATHE_ENGINE_DEVICES_CPU_OPERAND_H_

#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"
#include "engine/ir/dtype.h"
#include "engine/ir/type.h"

namespace lathe::cpu {

// Every value is seen as rows of `width` elements, the last dimension; a scalar is one row of one. A slice of columns
// is the same memory with another first column, so it costs nothing.
struct Operand {
  enum class Place { kArena, kConstant, kInput };

  Place place = Place::kArena;
  Dim offset;                      // kArena: bytes from the arena's beginning.
  const void* constant = nullptr;  // kConstant
  size_t input = 0;                // kInput: which of the execution's inputs.

  DType dtype = DType::kF32;
  Dim rows = 1;
  int64_t width = 1;
  int64_t stride = 1;  // Elements from a row to the next.
  int64_t column = 0;  // Of the row in memory, the first element that belongs to the value.

  bool dense() const { return stride == width; }
};

// One execution of a plan, or one share of it: memory and sizes, seen by every step. Immutable while steps run.
struct Frame {
  Extents extents;
  int64_t longest = 0;  // Tokens of the longest sequence.
  char* arena = nullptr;
  absl::Span<const void* const> inputs;

  const void* Read(const Operand& operand) const {
    const char* base = operand.place == Operand::Place::kArena      ? arena + operand.offset.Evaluate(extents)
                       : operand.place == Operand::Place::kConstant ? static_cast<const char*>(operand.constant)
                                                                    : static_cast<const char*>(inputs[operand.input]);
    return base + operand.column * SizeOf(operand.dtype);
  }
  const float* ReadF32(const Operand& operand) const { return static_cast<const float*>(Read(operand)); }
  const int32_t* ReadI32(const Operand& operand) const { return static_cast<const int32_t*>(Read(operand)); }
  // Requires: the operand is in the arena.
  float* WriteF32(const Operand& operand) const {
    return reinterpret_cast<float*>(arena + operand.offset.Evaluate(extents)) + operand.column;
  }
  int64_t Rows(const Operand& operand) const { return operand.rows.Evaluate(extents); }
};

// A half-open range of units of work.
struct Range {
  int64_t begin = 0;
  int64_t end = 0;
  int64_t size() const { return end - begin; }
};

// The share of `total` units, in whole multiples of `unit`, that part `part` of `parts` does: contiguous and as even as
// can be.
inline Range ShareOf(int64_t total, int64_t unit, int part, int parts) {
  const int64_t units = (total + unit - 1) / unit;
  const auto edge = [&](int64_t i) { return units * i / parts * unit; };
  const int64_t end = edge(part + 1);
  return {edge(part) < total ? edge(part) : total, end < total ? end : total};
}

}  // namespace lathe::cpu

#endif  // LATHE_ENGINE_DEVICES_CPU_OPERAND_H_
