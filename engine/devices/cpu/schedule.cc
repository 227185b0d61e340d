#include "engine/devices/cpu/schedule.h"

#include <algorithm>

namespace lathe::cpu {
namespace {

// Costs are counted in tokens: the time that one thread takes for one token's share of every step. In f32 a weight
// takes part in one multiply-add per token, and is streamed once: at about 100 GFLOP/s a thread, and 15 GB/s when
// two share the memory, streaming all weights takes as long as computing 4 bytes / (15 GB/s) * (100 GFLOP/s) / 2 FLOP =
// 13 tokens, and overlaps with computing.
constexpr double kStreamTokens = 13;

// A barrier costs about 3 microseconds once threads are out of step. A token takes packed_bytes / 4 multiply-adds.
constexpr double kBarrierSeconds = 3e-6;
constexpr double kFlopsPerSecond = 100e9;

// Work that is divided inside a step ends unevenly: tiles do not divide, and the slowest part is waited for.
constexpr double kSplitLoss = 1.04;

int64_t TokensOf(absl::Span<const int32_t> cu_seqlens, Range share) {
  return cu_seqlens[static_cast<size_t>(share.end)] - cu_seqlens[static_cast<size_t>(share.begin)];
}

double WholeCost(const ScheduleInputs& inputs, const std::vector<Range>& shares) {
  int64_t most = 0;
  for (const Range& share : shares) most = std::max(most, TokensOf(inputs.cu_seqlens, share));
  return std::max(static_cast<double>(most), kStreamTokens);
}

double SplitCost(const ScheduleInputs& inputs) {
  const double threads = inputs.threads;
  const double seconds_per_token = std::max<double>(static_cast<double>(inputs.packed_bytes) / 2, 1) / kFlopsPerSecond;
  const double barriers = static_cast<double>(inputs.steps) * kBarrierSeconds / seconds_per_token;
  return std::max(inputs.cu_seqlens.back() / threads, kStreamTokens / threads) * kSplitLoss + barriers;
}

}  // namespace

std::vector<Range> ShareSequences(absl::Span<const int32_t> cu_seqlens, int parts) {
  const int64_t sequences = static_cast<int64_t>(cu_seqlens.size()) - 1;
  const int64_t count = std::min<int64_t>(parts, sequences);
  std::vector<Range> shares;
  int64_t begin = 0;
  for (int64_t part = 1; part <= count; ++part) {
    // The edge nearest to an even cut, leaving at least one sequence for this part and for each one after.
    const double target =
        static_cast<double>(cu_seqlens.back()) * static_cast<double>(part) / static_cast<double>(count);
    int64_t end = begin + 1;
    const int64_t end_max = sequences - (count - part);
    while (end < end_max &&
           cu_seqlens[static_cast<size_t>(end)] + cu_seqlens[static_cast<size_t>(end) + 1] <= 2 * target) {
      ++end;
    }
    if (part == count) end = sequences;
    shares.push_back({begin, end});
    begin = end;
  }
  return shares;
}

Schedule ChooseSchedule(const ScheduleInputs& inputs) {
  Schedule split;
  split.parts = inputs.threads;
  const bool has_sequences = inputs.cu_seqlens.size() > 1;
  if (!inputs.separable || !has_sequences) return split;
  Schedule whole;
  whole.whole = true;
  whole.shares = ShareSequences(inputs.cu_seqlens, inputs.threads);
  whole.parts = static_cast<int>(whole.shares.size());
  return WholeCost(inputs, whole.shares) <= SplitCost(inputs) || inputs.threads == 1 ? whole : split;
}

}  // namespace lathe::cpu
