// embedding_layer_norm as DistilBERT's first step: a word table far larger than the caches, read at random rows, and a
// small position table. Bytes per second over the rows read and written.
#include <random>
#include <vector>

#include "benchmark/benchmark.h"
#include "kernels/embedding/embedding.h"

namespace lathe::kernels {
namespace {

// Arguments: index into EmbeddingLayerNormVariants(), width.
void EmbeddingLayerNorm(benchmark::State& state) {
  const Variant<EmbeddingLayerNormFunction>& variant = EmbeddingLayerNormVariants()[state.range(0)];
  if (!MachineHas(variant.isa)) return state.SkipWithError("this machine lacks the instruction set");
  const int64_t rows = 1024, width = state.range(1), words = 30522, positions = 512;
  std::vector<float> word_table(words * width, 0.25f), position_table(positions * width, 0.5f), y(rows * width);
  for (size_t i = 0; i < word_table.size(); ++i) word_table[i] += static_cast<float>(i % 13);
  const std::vector<float> gamma(width, 1), beta(width, 0);
  std::vector<int32_t> word_ids(rows), position_ids(rows);
  std::mt19937 random(1);
  for (int64_t t = 0; t < rows; ++t) {
    word_ids[t] = static_cast<int32_t>(random() % words);
    position_ids[t] = static_cast<int32_t>(t % 128);
  }
  const EmbeddingArgs sum = {
      .tables = {{word_table.data(), width, word_ids.data()}, {position_table.data(), width, position_ids.data()}},
      .table_count = 2,
      .width = width,
      .rows = rows,
      .y = y.data(),
      .y_stride = width};
  for (auto _ : state) {
    variant.run({.embedding = sum, .gamma = gamma.data(), .beta = beta.data(), .epsilon = 1e-12f});
    benchmark::ClobberMemory();
  }
  state.SetLabel(variant.name);
  state.SetBytesProcessed(state.iterations() * rows * width * 3 * static_cast<int64_t>(sizeof(float)));
}

void VariantsAndWidths(benchmark::internal::Benchmark* bench) {
  for (size_t v = 0; v < EmbeddingLayerNormVariants().size(); ++v) {
    for (int64_t width : {384, 768}) bench->Args({static_cast<int64_t>(v), width});
  }
}
BENCHMARK(EmbeddingLayerNorm)->Apply(VariantsAndWidths);

}  // namespace
}  // namespace lathe::kernels
