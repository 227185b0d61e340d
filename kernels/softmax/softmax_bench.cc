// softmax on rows that stay in L2: elements per second.
#include <vector>

#include "benchmark/benchmark.h"
#include "kernels/softmax/softmax.h"

namespace lathe::kernels {
namespace {

// Arguments: index into SoftmaxVariants(), width.
void Softmax(benchmark::State& state) {
  const Variant<SoftmaxFunction>& variant = SoftmaxVariants()[state.range(0)];
  if (!MachineHas(variant.isa)) return state.SkipWithError("this machine lacks the instruction set");
  const int64_t rows = 64, width = state.range(1);
  std::vector<float> x(rows * width), y(rows * width);
  for (int64_t i = 0; i < rows * width; ++i) x[i] = static_cast<float>(i % 13);
  for (auto _ : state) {
    variant.run({.x = x.data(), .x_stride = width, .width = width, .rows = rows, .y = y.data(), .y_stride = width});
    benchmark::ClobberMemory();
  }
  state.SetLabel(variant.name);
  state.SetItemsProcessed(state.iterations() * rows * width);
}

void VariantsAndWidths(benchmark::internal::Benchmark* bench) {
  for (size_t v = 0; v < SoftmaxVariants().size(); ++v) {
    for (int64_t width : {2, 128, 1000}) bench->Args({static_cast<int64_t>(v), width});
  }
}
BENCHMARK(Softmax)->Apply(VariantsAndWidths);

}  // namespace
}  // namespace lathe::kernels
