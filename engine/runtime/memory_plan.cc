#include "engine/runtime/memory_plan.h"

#include <algorithm>
#include <cstddef>

namespace lathe {
namespace {

// What a batch looks like when two ways to grow a slot are compared: 32 sentences of 24 tokens.
constexpr Extents kTypical = {768, 32};

struct Slot {
  Dim bytes;
  int busy_until = -1;  // The last step that reads what the slot holds.
};

int64_t RoundUp(int64_t bytes) { return (bytes + kArenaAlignment - 1) / kArenaAlignment * kArenaAlignment; }

Dim RoundUp(const Dim& bytes) { return {RoundUp(bytes.constant), RoundUp(bytes.tokens), RoundUp(bytes.sequences)}; }

Dim Larger(const Dim& a, const Dim& b) {
  return {std::max(a.constant, b.constant), std::max(a.tokens, b.tokens), std::max(a.sequences, b.sequences)};
}

// The free slot that grows least by holding `bytes`, or -1 if a new one costs no more.
int BestSlot(const std::vector<Slot>& slots, const Dim& bytes, int first) {
  int best = -1;
  int64_t best_growth = bytes.Evaluate(kTypical);
  for (size_t i = 0; i < slots.size(); ++i) {
    if (slots[i].busy_until >= first) continue;
    const int64_t growth = Larger(slots[i].bytes, bytes).Evaluate(kTypical) - slots[i].bytes.Evaluate(kTypical);
    if (growth < best_growth) {
      best = static_cast<int>(i);
      best_growth = growth;
    }
  }
  return best;
}

}  // namespace

ArenaPlan PlanArena(const std::vector<ArenaValue>& values) {
  std::vector<Slot> slots;
  std::vector<size_t> slot_of;
  for (const ArenaValue& value : values) {
    const Dim bytes = RoundUp(value.bytes);
    int slot = value.in_place_of >= 0 ? static_cast<int>(slot_of[static_cast<size_t>(value.in_place_of)])
                                      : BestSlot(slots, bytes, value.first);
    if (slot < 0) {
      slot = static_cast<int>(slots.size());
      slots.push_back({});
    }
    Slot& chosen = slots[static_cast<size_t>(slot)];
    chosen.bytes = Larger(chosen.bytes, bytes);
    chosen.busy_until = std::max(chosen.busy_until, value.last);
    slot_of.push_back(static_cast<size_t>(slot));
  }

  std::vector<Dim> begins;
  ArenaPlan plan;
  plan.bytes = 0;
  for (const Slot& slot : slots) {
    begins.push_back(plan.bytes);
    plan.bytes = plan.bytes + slot.bytes;
  }
  for (const size_t slot : slot_of) plan.offsets.push_back(begins[slot]);
  return plan;
}

}  // namespace lathe
