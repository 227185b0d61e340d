// layer_norm(input + residual) on rows that stay in L2: bytes per second over both operands and the result.
#include <vector>

#include "benchmark/benchmark.h"
#include "kernels/layer_norm/layer_norm.h"

namespace lathe::kernels {
namespace {

// Arguments: index into LayerNormVariants(), width.
void LayerNorm(benchmark::State& state) {
  const Variant<LayerNormFunction>& variant = LayerNormVariants()[state.range(0)];
  if (!MachineHas(variant.isa)) return state.SkipWithError("this machine lacks the instruction set");
  const int64_t rows = 64, width = state.range(1);
  std::vector<float> input(rows * width, 1.5f), residual(rows * width, 0.5f), y(rows * width), gamma(width, 1),
      beta(width, 0);
  for (int64_t i = 0; i < rows * width; ++i) input[i] += static_cast<float>(i % 13);
  for (auto _ : state) {
    variant.run({.input = input.data(),
                 .input_stride = width,
                 .residual = residual.data(),
                 .residual_stride = width,
                 .gamma = gamma.data(),
                 .beta = beta.data(),
                 .epsilon = 1e-12f,
                 .width = width,
                 .rows = rows,
                 .y = y.data(),
                 .y_stride = width});
    benchmark::ClobberMemory();
  }
  state.SetLabel(variant.name);
  state.SetBytesProcessed(state.iterations() * rows * width * 3 * static_cast<int64_t>(sizeof(float)));
}

void VariantsAndWidths(benchmark::internal::Benchmark* bench) {
  for (size_t v = 0; v < LayerNormVariants().size(); ++v) {
    for (int64_t width : {384, 768}) bench->Args({static_cast<int64_t>(v), width});
  }
}
BENCHMARK(LayerNorm)->Apply(VariantsAndWidths);

}  // namespace
}  // namespace lathe::kernels
