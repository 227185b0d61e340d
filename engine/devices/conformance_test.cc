// What every device must do alike: each graph here is compiled for each device of the registry and compared with the
// reference evaluation of the graph as it was given.
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/status_matchers.h"
#include "engine/devices/registry.h"
#include "engine/ir/evaluate.h"
#include "engine/ir/text.h"
#include "engine/passes/pass_test_util.h"
#include "engine/passes/pipeline.h"
#include "engine/passes/random_graph.h"
#include "engine/passes/random_values.h"
#include "engine/runtime/device.h"

namespace lathe {
namespace {

struct Case {
  std::string name;
  std::string text;
};

// Everything a text model is made of, small, with sizes that fill no vector register and no tile.
const Case kCases[] = {
    {"encoder_layer", R"(graph @encoder_layer(%ids: i32[T], %pos: i32[T], %cu: i32[N+1]) -> f32[N, 3] {
      %words = constant f32[50, 36] "words"
      %places = constant f32[40, 36] "places"
      %g0 = constant f32[36] "g0"
      %b0 = constant f32[36] "b0"
      %w = embedding(%words, %ids) : f32[T, 36]
      %p = embedding(%places, %pos) : f32[T, 36]
      %e = add(%w, %p) : f32[T, 36]
      %x = layer_norm(%e, %g0, %b0) {eps = 1e-12} : f32[T, 36]
      %wq = constant f32[36, 36] "wq"
      %bq = constant f32[36] "bq"
      %wk = constant f32[36, 36] "wk"
      %bk = constant f32[36] "bk"
      %wv = constant f32[36, 36] "wv"
      %bv = constant f32[36] "bv"
      %q = linear(%x, %wq, %bq) : f32[T, 36]
      %k = linear(%x, %wk, %bk) : f32[T, 36]
      %v = linear(%x, %wv, %bv) : f32[T, 36]
      %a = attention(%q, %k, %v, %cu) {heads = 3, scale = 0.2886751345948129} : f32[T, 36]
      %wo = constant f32[36, 36] "wo"
      %bo = constant f32[36] "bo"
      %o = linear(%a, %wo, %bo) : f32[T, 36]
      %r = add(%o, %x) : f32[T, 36]
      %y = layer_norm(%r, %g0, %b0) {eps = 1e-12} : f32[T, 36]
      %w1 = constant f32[72, 36] "w1"
      %b1 = constant f32[72] "b1"
      %f = linear(%y, %w1, %b1) : f32[T, 72]
      %h = gelu(%f) : f32[T, 72]
      %w2 = constant f32[36, 72] "w2"
      %d = linear(%h, %w2, %bo) : f32[T, 36]
      %s = add(%d, %y) : f32[T, 36]
      %z = layer_norm(%s, %g0, %b0) {eps = 1e-12} : f32[T, 36]
      %c = gather_first(%z, %cu) : f32[N, 36]
      %wc = constant f32[3, 36] "wc"
      %l = linear(%c, %wc) : f32[N, 3]
      return %l
    })"},
    {"slices_feed_ops_without_strides", R"(graph @slices(%x: f32[T, 24], %cu: i32[N+1]) -> f32[N, 5] {
      %left = slice(%x) {begin = 3, end = 8} : f32[T, 5]
      %right = slice(%x) {begin = 11, end = 16} : f32[T, 5]
      %product = mul(%left, %right) : f32[T, 5]
      %norm = softmax(%left) : f32[T, 5]
      %both = concat(%product, %norm) {axis = 1} : f32[T, 10]
      %part = slice(%both) {begin = 2, end = 7} : f32[T, 5]
      %mean = segment_mean(%part, %cu) : f32[N, 5]
      return %mean
    })"},
    {"mlp_without_sequences", R"(graph @mlp(%x: f32[T, 20]) -> f32[T, 4], f32[T, 7] {
      %w1 = constant f32[7, 20] "w1"
      %b1 = constant f32[7] "b1"
      %w2 = constant f32[4, 7] "w2"
      %h = linear(%x, %w1, %b1) : f32[T, 7]
      %r = relu(%h) : f32[T, 7]
      %y = linear(%r, %w2) : f32[T, 4]
      %t = tanh(%y) : f32[T, 4]
      return %t, %r
    })"},
    {"reshapes", R"(graph @reshapes(%x: f32[T, 24]) -> f32[2*T, 12] {
      %s = slice(%x) {begin = 0, end = 12} : f32[T, 12]
      %a = reshape(%s) {shape = [2*T, 6]} : f32[2*T, 6]
      %b = reshape(%x) {shape = [2*T, 12]} : f32[2*T, 12]
      %g = constant f32[6] "g"
      %n = layer_norm(%a, %g, %g) {eps = 1e-5} : f32[2*T, 6]
      %c = concat(%n, %n) {axis = 1} : f32[2*T, 12]
      %y = add(%b, %c) : f32[2*T, 12]
      return %y
    })"},
    {"last_token_causal", R"(graph @last(%x: f32[T, 32], %positions: i32[T], %cu: i32[N+1]) -> f32[N, 16] {
      %wq = constant f32[16, 32] "wq"
      %wk = constant f32[8, 32] "wk"
      %wv = constant f32[8, 32] "wv"
      %q = linear(%x, %wq) : f32[T, 16]
      %k = linear(%x, %wk) : f32[T, 8]
      %v = linear(%x, %wv) : f32[T, 8]
      %qr = rope(%q, %positions) {head_dim = 4} : f32[T, 16]
      %kr = rope(%k, %positions) {head_dim = 4} : f32[T, 8]
      %a = attention(%qr, %kr, %v, %cu) {heads = 4, kv_heads = 2, scale = 0.5, causal = 1} : f32[T, 16]
      %g = constant f32[16] "g"
      %n = rms_norm(%a, %g) {eps = 1e-6} : f32[T, 16]
      %l = gather_last(%n, %cu) : f32[N, 16]
      return %l
    })"},
};

Extents RandomExtents(std::mt19937* random) {
  const int64_t sequences = 1 + static_cast<int64_t>((*random)() % 9);
  return {sequences * (1 + static_cast<int64_t>((*random)() % 20)), sequences};
}

absl::StatusOr<std::vector<Tensor>> RunOn(const Executable& executable, const std::vector<Tensor>& inputs,
                                          const Extents& extents) {
  std::vector<const void*> input_memory;
  for (const Tensor& input : inputs) input_memory.push_back(input.bytes());
  std::vector<Tensor> outputs;
  std::vector<void*> output_memory;
  for (const Node* output : executable.graph().outputs()) {
    std::vector<int64_t> shape;
    for (const Dim& dim : output->type().shape) shape.push_back(dim.Evaluate(extents));
    outputs.emplace_back(output->type().dtype, shape);
    output_memory.push_back(outputs.back().mutable_bytes());
  }
  const absl::Status status = executable.Run({extents, input_memory, output_memory});
  if (!status.ok()) return status;
  return outputs;
}

// Values here are of order one after every normalisation. 1e-4 of the largest is some hundreds of roundings of f32, far
// above what sums of at most 72 terms in a dozen steps lose, far below any wrong term.
constexpr double kTolerance = 1e-4;

void CompareWithReference(const Device& device, const Graph& graph, int threads, std::mt19937* random,
                          const std::string& where) {
  SCOPED_TRACE(where);
  ThreadPool pool(threads);
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Executable> executable, device.Compile(graph, {}, &pool));
  for (int round = 0; round < 3; ++round) {
    const Extents extents = RandomExtents(random);
    const std::vector<Tensor> inputs = RandomInputs(graph, extents, (*random)());
    ASSERT_OK_AND_ASSIGN(const std::vector<Tensor> wanted, Evaluate(graph, inputs, extents));
    ASSERT_OK_AND_ASSIGN(const std::vector<Tensor> got, RunOn(*executable, inputs, extents));
    for (size_t i = 0; i < wanted.size(); ++i) ExpectSameTensor(wanted[i], got[i], kTolerance);
  }
}

class Conformance : public testing::TestWithParam<const Device*> {
 protected:
  Conformance()
      : seed_(std::random_device()()), random_(seed_), trace_(__FILE__, __LINE__, absl::StrCat("seed ", seed_)) {}

  const uint32_t seed_;
  std::mt19937 random_;
  testing::ScopedTrace trace_;
};

TEST_P(Conformance, ComputesWhatTheReferenceDoes) {
  for (const Case& test : kCases) {
    ASSERT_OK_AND_ASSIGN(const Graph graph, Parse(test.text, RandomConstants(seed_)));
    for (const int threads : {1, 2, 5}) CompareWithReference(*GetParam(), graph, threads, &random_, test.name);
  }
}

TEST_P(Conformance, RandomGraphsComputeWhatTheReferenceDoes) {
  for (int round = 0; round < 60; ++round) {
    const uint32_t graph_seed = random_();
    ASSERT_OK_AND_ASSIGN(const Graph graph, MakeRandomGraph(graph_seed));
    CompareWithReference(*GetParam(), graph, 1 + round % 3, &random_, absl::StrCat("graph seed ", graph_seed));
  }
}

TEST_P(Conformance, AnyPassMayBeLeftOut) {
  ASSERT_OK_AND_ASSIGN(const Graph graph, Parse(kCases[0].text, RandomConstants(seed_)));
  ThreadPool pool(2);
  const Extents extents = RandomExtents(&random_);
  const std::vector<Tensor> inputs = RandomInputs(graph, extents, random_());
  ASSERT_OK_AND_ASSIGN(const std::vector<Tensor> wanted, Evaluate(graph, inputs, extents));
  for (const std::string& pass : StandardPipeline().names()) {
    CompileOptions options;
    options.disabled_passes = {pass};
    ASSERT_OK_AND_ASSIGN(const auto executable, GetParam()->Compile(graph, options, &pool));
    ASSERT_OK_AND_ASSIGN(const std::vector<Tensor> got, RunOn(*executable, inputs, extents));
    SCOPED_TRACE(absl::StrCat("without ", pass));
    ExpectSameTensor(wanted[0], got[0], kTolerance);
  }
}

TEST_P(Conformance, AnAnswerDoesNotDependOnItsBatch) {
  ASSERT_OK_AND_ASSIGN(const Graph graph, Parse(kCases[0].text, RandomConstants(seed_)));
  for (const int threads : {1, 2, 3, 8, 32}) {
    ThreadPool pool(threads);
    ASSERT_OK_AND_ASSIGN(const auto executable, GetParam()->Compile(graph, {}, &pool));
    const Extents extents = RandomExtents(&random_);
    const std::vector<Tensor> inputs = RandomInputs(graph, extents, random_());
    const absl::Span<const int32_t> cu_seqlens = inputs[2].data<int32_t>();
    ASSERT_OK_AND_ASSIGN(const std::vector<Tensor> batched, RunOn(*executable, inputs, extents));
    for (int64_t n = 0; n < extents.sequences; ++n) {
      const int32_t begin = cu_seqlens[static_cast<size_t>(n)];
      const int32_t length = cu_seqlens[static_cast<size_t>(n) + 1] - begin;
      std::vector<Tensor> alone;
      for (int i = 0; i < 2; ++i) {
        alone.emplace_back(DType::kI32, std::vector<int64_t>{length},
                           inputs[static_cast<size_t>(i)].data<int32_t>().data() + begin, nullptr);
      }
      alone.push_back(Tensor::Of<int32_t>({2}, {0, length}));
      ASSERT_OK_AND_ASSIGN(const std::vector<Tensor> single, RunOn(*executable, alone, {length, 1}));
      EXPECT_EQ(std::memcmp(single[0].bytes(), batched[0].data<float>().data() + n * 3, 3 * sizeof(float)), 0)
          << "sequence " << n << ", " << threads << " threads";
    }
  }
}

TEST_P(Conformance, WrongInputsAreRefusedByName) {
  ASSERT_OK_AND_ASSIGN(const Graph graph, Parse(kCases[0].text, RandomConstants(seed_)));
  ThreadPool pool(1);
  ASSERT_OK_AND_ASSIGN(const auto executable, GetParam()->Compile(graph, {}, &pool));
  const Tensor positions = Tensor::Of<int32_t>({2}, {0, 1});
  const Tensor cu = Tensor::Of<int32_t>({2}, {0, 2});
  EXPECT_THAT(RunOn(*executable, {Tensor::Of<int32_t>({2}, {0, 50}), positions, cu}, {2, 1}),
              StatusIs(absl::StatusCode::kInvalidArgument, "ids: got 50, wanted 0 to 49"));
  EXPECT_THAT(RunOn(*executable, {Tensor::Of<int32_t>({2}, {-1, 0}), positions, cu}, {2, 1}),
              StatusIs(absl::StatusCode::kInvalidArgument, "ids: got -1, wanted 0 to 49"));
  EXPECT_THAT(RunOn(*executable, {positions, positions, Tensor::Of<int32_t>({3}, {0, 2, 2})}, {2, 2}),
              StatusIs(absl::StatusCode::kInvalidArgument, testing::HasSubstr("cu_seqlens")));
}

INSTANTIATE_TEST_SUITE_P(Devices, Conformance, testing::ValuesIn(Devices()),
                         [](const auto& info) { return std::string(info.param->name()); });

}  // namespace
}  // namespace lathe
