#include "engine/devices/cpu/cpu_executable.h"

#include "engine/base/status_matchers.h"
#include "engine/passes/pass_test_util.h"
#include "engine/passes/random_values.h"

namespace lathe::cpu {
namespace {

constexpr char kLayer[] = R"(graph @layer(%x: f32[T, 36], %cu: i32[N+1]) -> f32[T, 36], f32[N, 5] {
  %wq = constant f32[36, 36] "wq"
  %wk = constant f32[36, 36] "wk"
  %wv = constant f32[36, 36] "wv"
  %q = linear(%x, %wq) : f32[T, 36]
  %k = linear(%x, %wk) : f32[T, 36]
  %v = linear(%x, %wv) : f32[T, 36]
  %a = attention(%q, %k, %v, %cu) {heads = 3, scale = 0.3} : f32[T, 36]
  %r = add(%a, %x) : f32[T, 36]
  %g = constant f32[36] "g"
  %n = layer_norm(%r, %g, %g) {eps = 1e-5} : f32[T, 36]
  %w = constant f32[200, 36] "w"
  %h = linear(%n, %w) : f32[T, 200]
  %e = gelu(%h) : f32[T, 200]
  %c = constant f32[5, 200] "c"
  %f = gather_first(%e, %cu) : f32[N, 200]
  %l = linear(%f, %c) : f32[N, 5]
  return %n, %l
})";

// The outputs of one run by a given schedule, laid end to end.
std::vector<float> RunBy(const CpuExecutable& executable, const Schedule& schedule, const std::vector<Tensor>& inputs,
                         const Extents& extents) {
  std::vector<float> values(static_cast<size_t>(extents.tokens * 36 + extents.sequences * 5));
  const void* const input_memory[] = {inputs[0].bytes(), inputs[1].bytes()};
  void* const output_memory[] = {values.data(), values.data() + extents.tokens * 36};
  EXPECT_OK(executable.RunScheduled({extents, input_memory, output_memory}, schedule));
  return values;
}

// Both schedules, over any number of threads, give the same bits.
TEST(CpuExecutable, SchedulesAgreeToTheBit) {
  ASSERT_OK_AND_ASSIGN(const Graph graph, Parse(kLayer, RandomConstants(1)));
  ThreadPool pool(7);
  ASSERT_OK_AND_ASSIGN(std::unique_ptr<Plan> plan, MakePlan(graph, {}));
  EXPECT_TRUE(plan->separable);
  const CpuExecutable executable(std::move(plan), &pool);
  for (const Extents extents : {Extents{1, 1}, Extents{40, 1}, Extents{57, 9}, Extents{300, 7}}) {
    const std::vector<Tensor> inputs = RandomInputs(graph, extents, static_cast<uint64_t>(extents.tokens));
    Schedule split;
    const std::vector<float> wanted = RunBy(executable, split, inputs, extents);
    for (int parts = 1; parts <= pool.threads(); ++parts) {
      split.parts = parts;
      EXPECT_EQ(RunBy(executable, split, inputs, extents), wanted) << "split over " << parts;
      Schedule whole;
      whole.whole = true;
      whole.shares = ShareSequences(inputs[1].data<int32_t>(), parts);
      whole.parts = static_cast<int>(whole.shares.size());
      EXPECT_EQ(RunBy(executable, whole, inputs, extents), wanted) << "whole over " << whole.parts;
    }
  }
}

}  // namespace
}  // namespace lathe::cpu
