// Elementwise functions on operands that stay in L2: elements per second.
#include <vector>

#include "benchmark/benchmark.h"
#include "kernels/activation/activation.h"

namespace lathe::kernels {
namespace {

constexpr int64_t kElements = 64 * 768;

// Arguments: index into UnaryVariants(), op.
void Unary(benchmark::State& state) {
  const Variant<UnaryFunction>& variant = UnaryVariants()[state.range(0)];
  if (!MachineHas(variant.isa)) return state.SkipWithError("this machine lacks the instruction set");
  std::vector<float> x(kElements), y(kElements);
  for (int64_t i = 0; i < kElements; ++i) x[i] = static_cast<float>(i % 1000) * 0.01f - 5;
  for (auto _ : state) {
    variant.run({.op = static_cast<UnaryOp>(state.range(1)), .x = x.data(), .n = kElements, .y = y.data()});
    benchmark::ClobberMemory();
  }
  state.SetLabel(variant.name);
  state.SetItemsProcessed(state.iterations() * kElements);
}

// Argument: index into BinaryVariants().
void AddBroadcastRow(benchmark::State& state) {
  const Variant<BinaryFunction>& variant = BinaryVariants()[state.range(0)];
  if (!MachineHas(variant.isa)) return state.SkipWithError("this machine lacks the instruction set");
  std::vector<float> a(kElements, 1), b(768, 2), y(kElements);
  for (auto _ : state) {
    variant.run({.op = BinaryOp::kAdd,
                 .a = a.data(),
                 .a_stride = 768,
                 .b = b.data(),
                 .rows = kElements / 768,
                 .width = 768,
                 .y = y.data(),
                 .y_stride = 768});
    benchmark::ClobberMemory();
  }
  state.SetLabel(variant.name);
  state.SetItemsProcessed(state.iterations() * kElements);
}

void VariantsAndOps(benchmark::internal::Benchmark* bench) {
  for (size_t v = 0; v < UnaryVariants().size(); ++v) {
    for (UnaryOp op : {UnaryOp::kGelu, UnaryOp::kGeluTanh, UnaryOp::kTanh, UnaryOp::kSilu, UnaryOp::kRelu}) {
      bench->Args({static_cast<int64_t>(v), static_cast<int64_t>(op)});
    }
  }
}
BENCHMARK(Unary)->Apply(VariantsAndOps);

void Variants(benchmark::internal::Benchmark* bench) {
  for (size_t v = 0; v < BinaryVariants().size(); ++v) bench->Arg(static_cast<int64_t>(v));
}
BENCHMARK(AddBroadcastRow)->Apply(Variants);

}  // namespace
}  // namespace lathe::kernels
