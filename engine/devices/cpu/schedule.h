// How a batch is laid over threads.
//
//   whole  each thread runs the entire plan over its own contiguous share of the sequences, with no barrier in between
//   split  all threads go through the plan together, each step divided among them, with a barrier after each
//
// A batch of many tokens is best run whole: shares need not wait for each other. A few long sequences, or one, must be
// split to use more than one thread at all; and so must very few tokens, where time goes to streaming the weights,
// which whole would do once per thread. Both give the same bits, since no kernel's results depend on how its work is
// divided.
#ifndef LATHE_ENGINE_DEVICES_CPU_SCHEDULE_H_
#define LATHE_ENGINE_DEVICES_CPU_SCHEDULE_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "engine/devices/cpu/operand.h"

namespace lathe::cpu {

struct Schedule {
  bool whole = false;
  int parts = 1;              // Threads.
  std::vector<Range> shares;  // whole: the sequences of each part, none of them empty.
};

struct ScheduleInputs {
  absl::Span<const int32_t> cu_seqlens;  // Empty for a plan without sequences: it is split.
  int threads = 1;
  bool separable = true;
  int64_t steps = 0;
  int64_t packed_bytes = 0;  // Weights that each pass over the plan streams.
};

Schedule ChooseSchedule(const ScheduleInputs& inputs);

// `parts` contiguous ranges of sequences with tokens as even as they come; fewer when there are fewer sequences.
std::vector<Range> ShareSequences(absl::Span<const int32_t> cu_seqlens, int parts);

}  // namespace lathe::cpu

#endif  // LATHE_ENGINE_DEVICES_CPU_SCHEDULE_H_
