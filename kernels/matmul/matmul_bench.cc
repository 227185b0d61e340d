// Every candidate over the shapes of BERT-base and MiniLM, one thread. Counters: GFLOP/s; peak_share, the part of this
// machine's multiply-add peak; weights_GB/s, how fast packed weights went by, with the machine's own limit printed as
// context read_GB/s. Up to 16 rows, each call takes other weights, as a model's layers do, so that they come from
// memory.
#include <sys/mman.h>

#include <random>
#include <string>
#include <vector>

#include "benchmark/benchmark.h"
#include "kernels/matmul/matmul_testing.h"
#include "kernels/roof/roof.h"

namespace lathe::kernels {
namespace {

constexpr int64_t kHugePage = 2 << 20;
// Twice this machine's last cache; one set of weights is enough beyond 16 rows.
constexpr int64_t kColdBytes = 64 << 20;
constexpr int64_t kColdRowsMax = 16;

struct Floats {
  explicit Floats(int64_t count) : size(count), bytes(AllocateAligned(count * int64_t{sizeof(float)}, kHugePage)) {
    const int64_t rounded = (count * int64_t{sizeof(float)} + kHugePage - 1) / kHugePage * kHugePage;
    madvise(bytes.get(), static_cast<size_t>(rounded), MADV_HUGEPAGE);
    std::minstd_rand random(1);
    std::uniform_real_distribution<float> distribution(-1.0f, 1.0f);
    for (int64_t i = 0; i < count; ++i) data()[i] = distribution(random);
  }
  float* data() const { return static_cast<float*>(bytes.get()); }

  int64_t size;
  AlignedBytes bytes;
};

double PeakFlops() {
  static const double peak = MeasureMultiplyAddPeak(0.3);
  return peak;
}

void AddMachineContext() {
  const Floats memory(256 << 20 >> 2);
  const double bandwidth = MeasureReadBandwidth({memory.data(), static_cast<size_t>(memory.size)}, 0.5);
  benchmark::AddCustomContext("peak_GFLOP/s", std::to_string(PeakFlops() * 1e-9));
  benchmark::AddCustomContext("read_GB/s", std::to_string(bandwidth * 1e-9));
}

// The same weights packed into as many copies as make them cold.
struct Layers {
  Layers(const MatmulCandidate& candidate, int64_t rows, const MatmulProblem& problem) {
    const Floats w(problem.n * problem.k);
    const int64_t stride = (candidate.packed_bytes(problem) + 63) / 64 * 64;
    const int64_t copies = rows <= kColdRowsMax ? kColdBytes / stride + 1 : 1;
    packed.emplace_back(copies * stride / int64_t{sizeof(float)});
    for (int64_t copy = 0; copy < copies; ++copy) {
      layers.push_back(candidate.prepare(problem, w.data(), packed[0].data() + copy * stride / int64_t{sizeof(float)}));
    }
  }

  std::vector<Floats> packed;
  std::vector<std::unique_ptr<PreparedMatmul>> layers;
};

void Count(benchmark::State& state, int64_t rows, const MatmulProblem& problem, int64_t packed_bytes) {
  using benchmark::Counter;
  const double calls = static_cast<double>(state.iterations());
  const double flops = 2.0 * static_cast<double>(rows * problem.n * problem.k) * calls;
  state.counters["GFLOP/s"] = Counter(flops * 1e-9, Counter::kIsRate);
  state.counters["peak_share"] = Counter(flops / PeakFlops(), Counter::kIsRate);
  state.counters["weights_GB/s"] = Counter(static_cast<double>(packed_bytes) * calls * 1e-9, Counter::kIsRate);
}

void BM_Matmul(benchmark::State& state, const MatmulCandidate& candidate, int64_t rows, const MatmulProblem& problem) {
  const Layers prepared(candidate, rows, problem);
  const Floats x(rows * problem.k), y(rows * problem.n), bias(problem.n);
  const AlignedBytes scratch = AllocateAligned(prepared.layers[0]->scratch_bytes());
  const MatmulArgs args = {.rows = rows,
                           .x = x.data(),
                           .x_stride = problem.k,
                           .y = y.data(),
                           .y_stride = problem.n,
                           .column_end = problem.n,
                           .bias = bias.data(),
                           .scratch = scratch.get()};
  size_t layer = 0;
  for (auto _ : state) {
    prepared.layers[layer]->Run(args);
    layer = (layer + 1) % prepared.layers.size();
  }
  Count(state, rows, problem, candidate.packed_bytes(problem));
}

void BM_Pack(benchmark::State& state, const MatmulCandidate& candidate, const MatmulProblem& problem) {
  const Floats w(problem.n * problem.k);
  const AlignedBytes packed = AllocateAligned(candidate.packed_bytes(problem));
  for (auto _ : state) benchmark::DoNotOptimize(candidate.prepare(problem, w.data(), packed.get()));
  state.SetBytesProcessed(state.iterations() * problem.n * problem.k * int64_t{sizeof(float)});
}

void Register(const MatmulCandidate& candidate, int64_t rows, const MatmulProblem& problem) {
  if (Refusal(candidate, problem) != nullptr) return;
  const char* const activation = problem.activation == MatmulActivation::kGelu ? "/gelu" : "";
  benchmark::RegisterBenchmark((Describe(candidate, rows, problem) + activation).c_str(), [&candidate, rows,
                                                                                           problem](auto& state) {
    BM_Matmul(state, candidate, rows, problem);
  })->Unit(benchmark::kMicrosecond);
}

void RegisterAll() {
  constexpr std::pair<int64_t, int64_t> kLayers[] = {{2304, 768}, {768, 768}, {3072, 768}, {768, 3072},
                                                     {1152, 384}, {384, 384}, {1536, 384}, {384, 1536}};
  for (const MatmulCandidate& candidate : MatmulCandidates()) {
    // The reference is an oracle; its speed is nobody's concern.
    if (candidate.isa == Isa::kAny) continue;
    for (int64_t rows : {1, 4, 8, 16, 128, 2048}) {
      for (const auto& [n, k] : kLayers) Register(candidate, rows, {n, k, MatmulActivation::kNone, true});
    }
    for (int64_t rows : {16, 128, 2048}) Register(candidate, rows, {3072, 768, MatmulActivation::kGelu, true});
    const MatmulProblem packed = {3072, 768, MatmulActivation::kNone, true};
    if (Refusal(candidate, packed) == nullptr) {
      benchmark::RegisterBenchmark((std::string("pack ") + candidate.name).c_str(),
                                   [&candidate, packed](auto& state) { BM_Pack(state, candidate, packed); });
    }
  }
}

}  // namespace
}  // namespace lathe::kernels

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  lathe::kernels::AddMachineContext();
  lathe::kernels::RegisterAll();
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
