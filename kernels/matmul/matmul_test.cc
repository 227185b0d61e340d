#include "kernels/matmul/matmul.h"

#include <sys/mman.h>
#include <unistd.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>
#include <span>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "kernels/matmul/matmul_testing.h"

namespace lathe::kernels {
namespace {

constexpr float kCanary = -12345.5f;

struct Shape {
  int64_t m, n, k;
};

// Sizes around tiles, panels, vectors and passes over k, and the classifier head's.
constexpr Shape kShapes[] = {{1, 1, 1},       {1, 2, 768},    {2, 15, 17},     {3, 16, 16},    {5, 17, 31},
                             {6, 64, 64},     {7, 63, 8},     {8, 65, 7},      {12, 128, 768}, {13, 100, 769},
                             {31, 48, 384},   {64, 192, 100}, {97, 130, 1537}, {100, 33, 5},   {193, 70, 33},
                             {40, 300, 3072}, {6, 260, 768}};

unsigned Seed() {
  static const unsigned seed = [] {
    const char* given = std::getenv("LATHE_TEST_SEED");
    const unsigned value = given != nullptr ? static_cast<unsigned>(std::atoi(given)) : std::random_device()();
    printf("seed: LATHE_TEST_SEED=%u\n", value);
    return value;
  }();
  return seed;
}

std::mt19937& Random() {
  static std::mt19937 random(Seed());
  return random;
}

std::vector<float> Uniform(int64_t count) {
  std::uniform_real_distribution<float> distribution(-1.0f, 1.0f);
  std::vector<float> values(static_cast<size_t>(count));
  for (float& value : values) value = distribution(Random());
  return values;
}

// Small enough that every sum of 3072 products is exact in f32.
std::vector<float> WholeNumbers(int64_t count) {
  std::uniform_int_distribution<int> distribution(-4, 4);
  std::vector<float> values(static_cast<size_t>(count));
  for (float& value : values) value = static_cast<float>(distribution(Random()));
  return values;
}

std::vector<Shape> ShapesAndRandomOnes() {
  std::vector<Shape> shapes(std::begin(kShapes), std::end(kShapes));
  const auto upto = [](int64_t most) { return std::uniform_int_distribution<int64_t>(1, most)(Random()); };
  for (int i = 0; i < 20; ++i) shapes.push_back({upto(60), upto(300), upto(900)});
  return shapes;
}

// Operands of a call with strides wider than the rows. `fill` makes the values.
struct Operands {
  Operands(const Shape& s, std::vector<float> (*fill)(int64_t count))
      : shape(s), x(fill(s.m * x_stride())), w(fill(s.n * s.k)), bias(fill(s.n)), residual(fill(s.m * y_stride())) {}

  int64_t x_stride() const { return shape.k + 3; }
  int64_t y_stride() const { return shape.n + 5; }
  MatmulProblem Problem(MatmulActivation activation = MatmulActivation::kNone) const {
    return {shape.n, shape.k, activation, true};
  }
  std::vector<float> Outputs() const { return std::vector<float>(static_cast<size_t>(shape.m * y_stride()), kCanary); }

  // All rows and columns, into y of y_stride().
  MatmulArgs Args(float* y, void* scratch) const {
    return {.rows = shape.m,
            .x = x.data(),
            .x_stride = x_stride(),
            .y = y,
            .y_stride = y_stride(),
            .column_begin = 0,
            .column_end = shape.n,
            .bias = bias.data(),
            .residual = residual.data(),
            .residual_stride = y_stride(),
            .scratch = scratch};
  }

  Shape shape;
  std::vector<float> x, w, bias, residual;
};

std::vector<float> Reference(const Operands& operands, const MatmulProblem& problem) {
  std::vector<float> y = operands.Outputs();
  MatmulReference(problem, operands.w.data(), operands.Args(y.data(), nullptr));
  return y;
}

std::vector<float> RunWhole(const Packed& packed, const Operands& operands) {
  std::vector<float> y = operands.Outputs();
  packed.matmul->Run(operands.Args(y.data(), packed.scratch.get()));
  return y;
}

bool SameBits(std::span<const float> a, std::span<const float> b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](float x, float y) { return std::bit_cast<uint32_t>(x) == std::bit_cast<uint32_t>(y); });
}

class Matmul : public testing::TestWithParam<const MatmulCandidate*> {
 protected:
  const MatmulCandidate& candidate() const { return *GetParam(); }
  // Whether the candidate offers itself for a shape; those that run everything else take this one.
  bool Takes(const MatmulProblem& problem) const { return Refusal(candidate(), problem) == nullptr; }
  void SetUp() override {
    const char* refusal = Refusal(candidate(), {64, 64, MatmulActivation::kNone, true});
    if (refusal != nullptr) GTEST_SKIP() << candidate().name << ": " << refusal;
  }
};

TEST_P(Matmul, IsExactOnWholeNumbers) {
  for (const Shape& shape : ShapesAndRandomOnes()) {
    const Operands operands(shape, WholeNumbers);
    if (!Takes(operands.Problem())) continue;
    const Packed packed(candidate(), operands.Problem(), operands.w);
    // Canaries between the rows are compared as well.
    EXPECT_TRUE(SameBits(RunWhole(packed, operands), Reference(operands, operands.Problem())))
        << Describe(candidate(), shape.m, operands.Problem());
  }
}

TEST_P(Matmul, WorksWithoutBiasAndResidual) {
  const Operands operands({9, 70, 50}, WholeNumbers);
  const MatmulProblem problem = {70, 50, MatmulActivation::kRelu, false};
  const Packed packed(candidate(), problem, operands.w);
  std::vector<float> got = operands.Outputs(), want = operands.Outputs();
  for (std::vector<float>* y : {&got, &want}) {
    MatmulArgs args = operands.Args(y->data(), packed.scratch.get());
    args.bias = args.residual = nullptr;
    y == &got ? packed.matmul->Run(args) : MatmulReference(problem, operands.w.data(), args);
  }
  EXPECT_TRUE(SameBits(got, want));
}

// The classic bound on a sum of k products in any order, k u sum |x w|, with the rounding of bias and residual;
// functions multiply an error by their steepest slope (GELU: 1.13) and add their own (kernels/math/functions.h).
double Bound(const Operands& operands, int64_t row, int64_t column, double want) {
  const double unit = std::numeric_limits<float>::epsilon() / 2;
  double size = std::fabs(operands.bias[static_cast<size_t>(column)]);
  for (int64_t k = 0; k < operands.shape.k; ++k) {
    size += std::fabs(operands.x[static_cast<size_t>(row * operands.x_stride() + k)] *
                      operands.w[static_cast<size_t>(column * operands.shape.k + k)]);
  }
  const double sum_error = static_cast<double>(operands.shape.k + 2) * unit * size;
  return 1.13 * sum_error + 1.5e-7 * std::max(1.0, size) + 2 * unit * (1 + std::fabs(want));
}

void ExpectNear(const Operands& operands, const std::vector<float>& got, const std::vector<float>& want,
                const std::string& what) {
  for (int64_t row = 0; row < operands.shape.m; ++row) {
    for (int64_t column = 0; column < operands.shape.n; ++column) {
      const size_t i = static_cast<size_t>(row * operands.y_stride() + column);
      ASSERT_NEAR(got[i], want[i], Bound(operands, row, column, want[i])) << what << " at " << row << ", " << column;
    }
  }
}

TEST_P(Matmul, IsWithinRoundingOfTheReference) {
  for (int a = 0; a <= static_cast<int>(kMatmulActivationLast); ++a) {
    for (const Shape& shape : {Shape{13, 100, 769}, Shape{3, 16, 5}, Shape{20, 66, 1600}}) {
      const Operands operands(shape, Uniform);
      const MatmulProblem problem = operands.Problem(static_cast<MatmulActivation>(a));
      if (!Takes(problem)) continue;
      const Packed packed(candidate(), problem, operands.w);
      ExpectNear(operands, RunWhole(packed, operands), Reference(operands, problem),
                 Describe(candidate(), shape.m, problem) + " activation " + std::to_string(a));
    }
  }
}

TEST_P(Matmul, SplitsChangeNoBit) {
  for (const Shape& shape : {Shape{50, 300, 800}, Shape{103, 130, 1600}, Shape{17, 64, 64}}) {
    const Operands operands(shape, Uniform);
    const Packed packed(candidate(), operands.Problem(MatmulActivation::kGelu), operands.w);
    const std::vector<float> whole = RunWhole(packed, operands);
    const int64_t tile = packed.matmul->column_tile();
    for (int64_t rows_each : {int64_t{1}, int64_t{4}, int64_t{6}, int64_t{7}, shape.m}) {
      std::vector<float> y = operands.Outputs();
      for (int64_t row = 0; row < shape.m; row += rows_each) {
        for (int64_t column = 0; column < shape.n; column += tile) {
          MatmulArgs args = operands.Args(y.data() + row * operands.y_stride(), packed.scratch.get());
          args.x += row * args.x_stride;
          args.residual += row * args.residual_stride;
          args.rows = std::min(rows_each, shape.m - row);
          args.column_begin = column;
          args.column_end = std::min(column + tile, shape.n);
          packed.matmul->Run(args);
        }
      }
      EXPECT_TRUE(SameBits(y, whole)) << Describe(candidate(), shape.m, operands.Problem()) << " by " << rows_each;
    }
  }
}

TEST_P(Matmul, OtherRowsChangeNoBit) {
  Operands operands({23, 90, 200}, Uniform);
  const Packed packed(candidate(), operands.Problem(), operands.w);
  const std::vector<float> before = RunWhole(packed, operands);
  const int64_t kept = 11;
  for (int64_t row = 0; row < operands.shape.m; ++row) {
    float* x = operands.x.data() + row * operands.x_stride();
    if (row != kept) std::fill(x, x + operands.shape.k, std::numeric_limits<float>::quiet_NaN());
  }
  const std::vector<float> after = RunWhole(packed, operands);
  const auto row_of = [&](const std::vector<float>& y, int64_t row) {
    return std::span(y).subspan(static_cast<size_t>(row * operands.y_stride()), 90);
  };
  EXPECT_TRUE(SameBits(row_of(before, kept), row_of(after, kept)));
  EXPECT_TRUE(std::isnan(row_of(after, kept + 1)[0]));
}

TEST_P(Matmul, ANanIsNeverHidden) {
  for (int a = 0; a <= static_cast<int>(kMatmulActivationLast); ++a) {
    Operands operands({2, 20, 30}, Uniform);
    operands.x[5] = std::numeric_limits<float>::quiet_NaN();
    if (!Takes(operands.Problem(static_cast<MatmulActivation>(a)))) continue;
    const Packed packed(candidate(), operands.Problem(static_cast<MatmulActivation>(a)), operands.w);
    EXPECT_TRUE(std::isnan(RunWhole(packed, operands)[19])) << "activation " << a;
  }
}

TEST_P(Matmul, ResidualMayBeY) {
  const Operands operands({19, 70, 1700}, Uniform);
  const Packed packed(candidate(), operands.Problem(), operands.w);
  std::vector<float> y = operands.residual;
  MatmulArgs args = operands.Args(y.data(), packed.scratch.get());
  args.residual = y.data();
  packed.matmul->Run(args);
  const std::vector<float> want = RunWhole(packed, operands);
  for (int64_t row = 0; row < 19; ++row) {
    const size_t at = static_cast<size_t>(row * operands.y_stride());
    EXPECT_TRUE(SameBits(std::span(y).subspan(at, 70), std::span(want).subspan(at, 70))) << row;
  }
}

TEST_P(Matmul, ScratchStaysWithinTheContract) {
  for (int64_t k : {1, 768, 8192, 20000}) {
    const Operands operands({1, 65, k}, Uniform);
    if (!Takes(operands.Problem())) continue;
    EXPECT_LE(Packed(candidate(), operands.Problem(), operands.w).matmul->scratch_bytes(), 4 << 20) << k;
  }
}

TEST_P(Matmul, NoRowsTouchNothing) {
  const Operands operands({4, 70, 20}, Uniform);
  const Packed packed(candidate(), operands.Problem(), operands.w);
  std::vector<float> y = operands.Outputs();
  MatmulArgs args = operands.Args(y.data(), packed.scratch.get());
  args.rows = 0;
  packed.matmul->Run(args);
  EXPECT_THAT(y, testing::Each(kCanary));
}

TEST_P(Matmul, ThreadsShareOnePreparedMatmul) {
  const Operands operands({37, 140, 300}, Uniform);
  const Packed packed(candidate(), operands.Problem(MatmulActivation::kGelu), operands.w);
  const std::vector<float> want = RunWhole(packed, operands);
  std::vector<std::vector<float>> got(4, operands.Outputs());
  std::vector<std::thread> threads;
  threads.reserve(got.size());
  for (std::vector<float>& y : got) {
    threads.emplace_back([&] {
      const AlignedBytes scratch = AllocateAligned(packed.matmul->scratch_bytes());
      for (int i = 0; i < 5; ++i) packed.matmul->Run(operands.Args(y.data(), scratch.get()));
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::vector<float>& y : got) EXPECT_TRUE(SameBits(y, want));
}

// f32 whose end (or begin) lies at a page that must not be touched: reading or writing one element too far is a crash.
class FencedFloats {
 public:
  FencedFloats(const std::vector<float>& values, bool fence_at_end) {
    const size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
    const size_t bytes = values.size() * sizeof(float);
    const size_t body = (bytes + page - 1) / page * page;
    size_ = body + 2 * page;
    base_ = static_cast<char*>(mmap(nullptr, size_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    mprotect(base_ + page, body, PROT_READ | PROT_WRITE);
    data_ = reinterpret_cast<float*>(base_ + page + (fence_at_end ? body - bytes : 0));
    std::copy(values.begin(), values.end(), data_);
  }
  ~FencedFloats() { munmap(base_, size_); }
  FencedFloats(const FencedFloats&) = delete;
  FencedFloats& operator=(const FencedFloats&) = delete;
  float* data() const { return data_; }

 private:
  char* base_;
  size_t size_;
  float* data_;
};

TEST_P(Matmul, StaysInsideItsMemory) {
  for (const Shape& shape : {Shape{1, 1, 1}, Shape{7, 67, 19}, Shape{13, 64, 768}, Shape{25, 257, 3}}) {
    for (bool at_end : {false, true}) {
      const Operands operands(shape, WholeNumbers);
      const MatmulProblem problem = operands.Problem();
      if (!Takes(problem)) continue;
      std::vector<float> tight_x;
      for (int64_t row = 0; row < shape.m; ++row) {
        const float* x = operands.x.data() + row * operands.x_stride();
        tight_x.insert(tight_x.end(), x, x + shape.k);
      }
      const std::vector<float> nothing(static_cast<size_t>(shape.m * shape.n), kCanary);
      const FencedFloats x(tight_x, at_end), w(operands.w, at_end), bias(operands.bias, at_end), y(nothing, at_end);
      const FencedFloats memory(
          std::vector<float>(static_cast<size_t>(candidate().packed_bytes(problem)) / sizeof(float)), at_end);
      const auto matmul = candidate().prepare(problem, w.data(), memory.data());
      const FencedFloats scratch(std::vector<float>(static_cast<size_t>(matmul->scratch_bytes()) / sizeof(float)),
                                 at_end);
      matmul->Run({.rows = shape.m,
                   .x = x.data(),
                   .x_stride = shape.k,
                   .y = y.data(),
                   .y_stride = shape.n,
                   .column_end = shape.n,
                   .bias = bias.data(),
                   .scratch = scratch.data()});
      EXPECT_EQ(std::count(y.data(), y.data() + shape.m * shape.n, kCanary), 0);
    }
  }
}

std::vector<const MatmulCandidate*> AllCandidates() {
  std::vector<const MatmulCandidate*> all;
  for (const MatmulCandidate& candidate : MatmulCandidates()) all.push_back(&candidate);
  return all;
}

INSTANTIATE_TEST_SUITE_P(Candidates, Matmul, testing::ValuesIn(AllCandidates()),
                         [](const auto& info) { return std::string(info.param->name); });

TEST(MatmulCandidates, EndWithTheReferenceThatRunsAnywhere) {
  const MatmulCandidate& last = MatmulCandidates().back();
  EXPECT_STREQ(last.name, "reference");
  EXPECT_EQ(Refusal(last, {3, 3}), nullptr);
}

TEST(MatmulCandidates, TheBestIsTheFirstThatIsNotRefused) {
  const MatmulProblem problem = {768, 768, MatmulActivation::kGelu, true};
  const MatmulCandidate& best = BestMatmul(problem);
  EXPECT_EQ(Refusal(best, problem), nullptr);
  for (const MatmulCandidate& candidate : MatmulCandidates()) {
    if (std::string_view(candidate.name) == best.name) break;
    EXPECT_NE(Refusal(candidate, problem), nullptr) << candidate.name;
  }
}

TEST(MatmulCandidates, AMissingInstructionSetIsNamed) {
  for (const MatmulCandidate& candidate : MatmulCandidates()) {
    if (MachineHas(candidate.isa)) continue;
    EXPECT_STREQ(Refusal(candidate, {64, 64}), (std::string("this machine lacks ") + Name(candidate.isa)).c_str());
  }
}

}  // namespace
}  // namespace lathe::kernels
