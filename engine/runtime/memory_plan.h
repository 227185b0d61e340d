// Where in the arena each value of a plan lives: offsets that are affine in T and N, so that one plan serves every
// batch.
//
// Values whose lives do not overlap share a slot. A slot is as large as the largest of its values, term by term
// (constant, per token, per sequence), and slots lie one behind the other; so no two living values overlap at any T and
// N.
#ifndef LATHE_ENGINE_RUNTIME_MEMORY_PLAN_H_
#define LATHE_ENGINE_RUNTIME_MEMORY_PLAN_H_

#include <cstdint>
#include <vector>

#include "engine/ir/type.h"

namespace lathe {

// Where every value begins and every slot ends. Each term of a size is rounded up to this, so it holds for every T and
// N.
inline constexpr int64_t kArenaAlignment = 64;

// A value to place. Steps are numbered from 0; the value is written by step `first` and last read by step `last`.
struct ArenaValue {
  Dim bytes;
  int first = 0;
  int last = 0;
  // A value that this one may overwrite: it is read by step `first` for the last time, which allows its result to be
  // written over it element by element. -1: none.
  int in_place_of = -1;
};

struct ArenaPlan {
  std::vector<Dim> offsets;  // In bytes, one per value.
  Dim bytes;                 // Of the whole arena.
};

// Requires: values are in the order of `first`.
ArenaPlan PlanArena(const std::vector<ArenaValue>& values);

}  // namespace lathe

#endif  // LATHE_ENGINE_RUNTIME_MEMORY_PLAN_H_
