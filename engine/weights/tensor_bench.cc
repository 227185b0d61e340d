// How fast stored values become f32: it bounds how fast a model loads.
#include <vector>

#include "benchmark/benchmark.h"
#include "engine/weights/tensor.h"

namespace lathe {
namespace {

void BM_ReadF32(benchmark::State& state, WeightDType dtype) {
  const int64_t elements = int64_t{12000} * 384;  // The embedded model's word table.
  const std::vector<uint8_t> bytes(elements * BitsPerElement(dtype) / 8, 0x3c);
  std::vector<float> values(elements);
  TensorView tensor;
  tensor.dtype = dtype;
  tensor.shape = {elements};
  tensor.bytes = bytes;
  for (auto _ : state) {
    const absl::Status status = ReadF32(tensor, values.data());
    benchmark::DoNotOptimize(status.ok());
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * elements);
}
BENCHMARK_CAPTURE(BM_ReadF32, F16, WeightDType::kF16)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_ReadF32, BF16, WeightDType::kBF16)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_ReadF32, F32, WeightDType::kF32)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace lathe
