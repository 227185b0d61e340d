// Attention over 768 columns of a merged Q, K, V matrix, one thread: FLOP per second, counting 4 S^2 D for S queries of
// S keys (4 S D for one query); masks, exponentials and packing count nothing.
#include <algorithm>
#include <memory>
#include <new>
#include <vector>

#include "benchmark/benchmark.h"
#include "kernels/attention/attention.h"

namespace lathe::kernels {
namespace {

constexpr int64_t kWidth = 768;

struct FreeAligned {
  void operator()(void* p) const { ::operator delete (p, std::align_val_t{kAttentionScratchAlignment}); }
};

struct Batch {
  explicit Batch(const std::vector<int32_t>& lengths) : cu_seqlens(1, 0) {
    for (int32_t length : lengths) {
      longest = std::max(longest, length);
      cu_seqlens.push_back(cu_seqlens.back() + length);
      score_count += static_cast<double>(length) * length;
    }
    merged.resize(cu_seqlens.back() * 3 * kWidth);
    for (size_t i = 0; i < merged.size(); ++i) merged[i] = static_cast<float>(i % 17) * 0.1f - 0.8f;
    y.resize(cu_seqlens.back() * kWidth);
  }
  std::vector<int32_t> cu_seqlens;
  int32_t longest = 0;
  double score_count = 0;
  std::vector<float> merged, y;
};

void Measure(benchmark::State& state, Batch& batch, int64_t head_dim, AttentionQueries queries) {
  const Variant<AttentionFunction>& variant = AttentionVariants()[state.range(0)];
  if (!MachineHas(variant.isa)) return state.SkipWithError("this machine lacks the instruction set");
  const int64_t heads = kWidth / head_dim, stride = 3 * kWidth;
  const float* q = batch.merged.data();
  const AttentionArgs args = {.q = q,
                              .q_stride = stride,
                              .k = q + kWidth,
                              .k_stride = stride,
                              .v = q + 2 * kWidth,
                              .v_stride = stride,
                              .y = batch.y.data(),
                              .y_stride = kWidth,
                              .cu_seqlens = batch.cu_seqlens.data(),
                              .heads = heads,
                              .kv_heads = heads,
                              .head_dim = head_dim,
                              .scale = 0.125f,
                              .queries = queries};
  const auto sequences = static_cast<int64_t>(batch.cu_seqlens.size()) - 1;
  const std::unique_ptr<void, FreeAligned> scratch(
      ::operator new (AttentionScratchBytes(batch.longest, head_dim), std::align_val_t{kAttentionScratchAlignment}));
  for (auto _ : state) {
    variant.run(args, {.sequence_end = sequences, .head_end = heads}, scratch.get());
    benchmark::ClobberMemory();
  }
  const double scores = queries == AttentionQueries::kAll ? batch.score_count : batch.cu_seqlens.back();
  state.SetLabel(variant.name);
  state.counters["FLOP"] = benchmark::Counter(4 * scores * kWidth, benchmark::Counter::kIsIterationInvariantRate);
  state.counters["tokens"] = benchmark::Counter(batch.cu_seqlens.back(), benchmark::Counter::kIsIterationInvariantRate);
}

// Arguments: index into AttentionVariants(), length of the sequences, head_dim.
void Attention(benchmark::State& state) {
  const auto length = static_cast<int32_t>(state.range(1));
  Batch batch(std::vector<int32_t>(std::max(1, 256 / length), length));
  Measure(state, batch, state.range(2), AttentionQueries::kAll);
}

void AttentionFirstQuery(benchmark::State& state) {
  Batch batch(std::vector<int32_t>(4, static_cast<int32_t>(state.range(1))));
  Measure(state, batch, state.range(2), AttentionQueries::kFirst);
}

// Lengths as in short sentences: argument: index into AttentionVariants().
void AttentionSentences(benchmark::State& state) {
  Batch batch({8, 31, 22, 14, 40, 11, 27, 19, 35, 25, 9, 17, 29, 23, 12, 38});
  Measure(state, batch, 64, AttentionQueries::kAll);
}

void VariantsAndShapes(benchmark::internal::Benchmark* bench) {
  for (size_t v = 0; v < AttentionVariants().size(); ++v) {
    for (int64_t length : {8, 16, 32, 128, 512}) {
      for (int64_t head_dim : {32, 64, 128}) bench->Args({static_cast<int64_t>(v), length, head_dim});
    }
  }
}
BENCHMARK(Attention)->Apply(VariantsAndShapes);

void VariantsAndLengths(benchmark::internal::Benchmark* bench) {
  for (size_t v = 0; v < AttentionVariants().size(); ++v) {
    for (int64_t length : {16, 128, 512}) bench->Args({static_cast<int64_t>(v), length, 64});
  }
}
BENCHMARK(AttentionFirstQuery)->Apply(VariantsAndLengths);

void Variants(benchmark::internal::Benchmark* bench) {
  for (size_t v = 0; v < AttentionVariants().size(); ++v) bench->Arg(static_cast<int64_t>(v));
}
BENCHMARK(AttentionSentences)->Apply(Variants);

}  // namespace
}  // namespace lathe::kernels
