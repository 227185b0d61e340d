#include "kernels/attention/attention.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <ostream>

#include "kernels/testing/testing.h"

namespace lathe::kernels {
namespace {

using testing::kUnitRoundoff;
using testing::Matrix;

struct Shape {
  std::vector<int32_t> lengths;
  int64_t heads = 2;
  int64_t kv_heads = 2;
  int64_t head_dim = 64;
  bool causal = false;
  int64_t window_left = -1;
  int64_t window_right = -1;
  float softcap = 0;
  AttentionQueries queries = AttentionQueries::kAll;
};

std::ostream& operator<<(std::ostream& out, const Shape& shape) {
  out << "lengths";
  for (int32_t length : shape.lengths) out << ' ' << length;
  return out << ", heads " << shape.heads << '/' << shape.kv_heads << " x " << shape.head_dim << ", causal "
             << shape.causal << ", window " << shape.window_left << ' ' << shape.window_right << ", softcap "
             << shape.softcap << ", queries " << static_cast<int>(shape.queries);
}

// Columns of one merged matrix, as the compiler lays out q, k and v.
struct Problem {
  Problem(const Shape& shape, uint64_t seed, double deviation = 1) : shape(shape), cu_seqlens(1, 0), merged(0, 1, 1) {
    for (int32_t length : shape.lengths) cu_seqlens.push_back(cu_seqlens.back() + length);
    const int64_t width = q_width() + 2 * shape.kv_heads * shape.head_dim;
    merged = Matrix(cu_seqlens.back(), width, width + 3);
    std::mt19937_64 random(seed);
    merged.FillNormal(random, 0, deviation);
  }

  int64_t q_width() const { return shape.heads * shape.head_dim; }
  int64_t sequences() const { return static_cast<int64_t>(shape.lengths.size()); }
  int64_t rows() const { return shape.queries == AttentionQueries::kAll ? cu_seqlens.back() : sequences(); }
  Matrix Output() const { return Matrix(rows(), q_width(), q_width() + 5); }

  AttentionArgs Args(Matrix& y) const {
    const float* k = merged.data() + q_width();
    return {.q = merged.data(),
            .q_stride = merged.stride(),
            .k = k,
            .k_stride = merged.stride(),
            .v = k + shape.kv_heads * shape.head_dim,
            .v_stride = merged.stride(),
            .y = y.data(),
            .y_stride = y.stride(),
            .cu_seqlens = cu_seqlens.data(),
            .heads = shape.heads,
            .kv_heads = shape.kv_heads,
            .head_dim = shape.head_dim,
            .scale = 1 / std::sqrt(static_cast<float>(shape.head_dim)),
            .softcap = shape.softcap,
            .causal = shape.causal,
            .window_left = shape.window_left,
            .window_right = shape.window_right,
            .queries = shape.queries};
  }

  AttentionRange Everything() const { return {.sequence_end = sequences(), .head_end = shape.heads}; }

  Shape shape;
  std::vector<int32_t> cu_seqlens;
  Matrix merged;
};

// Runs with scratch of exactly the promised size, poisoned, with a guard behind it.
void RunWithScratch(AttentionFunction* run, const Problem& problem, const AttentionRange& range, Matrix& y) {
  const int32_t longest = *std::max_element(problem.shape.lengths.begin(), problem.shape.lengths.end());
  const size_t floats = AttentionScratchBytes(longest, problem.shape.head_dim) / sizeof(float);
  const float poison = std::bit_cast<float>(0x7fc0beef);
  std::vector<float> memory(floats + 64, poison);
  void* scratch = memory.data();
  size_t space = memory.size() * sizeof(float);
  ASSERT_TRUE(std::align(kAttentionScratchAlignment, floats * sizeof(float), scratch, space));
  run(problem.Args(y), range, scratch);
  for (const float* guard = static_cast<float*>(scratch) + floats; guard != memory.data() + memory.size(); ++guard) {
    ASSERT_EQ(std::bit_cast<uint32_t>(*guard), std::bit_cast<uint32_t>(poison)) << "written past the scratch";
  }
}

double Norm(const float* x, int64_t n) { return std::sqrt(std::inner_product(x, x + n, x, 0.0)); }

// A score is off by at most head_dim + 2 unit roundoffs of scale |q| |k|; that shifts a weight by the same fraction,
// twice (numerator and sum). exp takes a score's distance from the maximum, at most 2 scale |q| |k|, with half an ulp,
// and is itself good to 4 roundoffs. The sums over keys add one roundoff for each of `length` terms. y is a mean of
// values.
double Tolerance(const Problem& problem) {
  const int64_t dim = problem.shape.head_dim, stride = problem.merged.stride();
  double q = 0, k = 0, v = 0;
  for (int64_t t = 0; t < problem.cu_seqlens.back(); ++t) {
    const float* row = problem.merged.data() + t * stride;
    const float* key = row + problem.q_width();
    for (int64_t h = 0; h < problem.shape.heads; ++h) q = std::max(q, Norm(row + h * dim, dim));
    for (int64_t h = 0; h < problem.shape.kv_heads; ++h) k = std::max(k, Norm(key + h * dim, dim));
    for (int64_t d = problem.shape.kv_heads * dim; d < 2 * problem.shape.kv_heads * dim; ++d)
      v = std::max<double>(v, std::fabs(key[d]));
  }
  const double score = q * k / std::sqrt(static_cast<double>(dim));
  const double length = *std::max_element(problem.shape.lengths.begin(), problem.shape.lengths.end());
  return kUnitRoundoff * v * (2 * score * (static_cast<double>(dim) + 4) + 2 * length + 16);
}

void ExpectNear(const Matrix& got, const Matrix& want, const Problem& problem) {
  const double tolerance = Tolerance(problem);
  for (int64_t t = 0; t < problem.rows(); ++t) {
    for (int64_t d = 0; d < problem.q_width(); ++d) {
      ASSERT_NEAR(got.At(t, d), want.At(t, d), tolerance) << "row " << t << ", element " << d << "; " << problem.shape;
    }
  }
}

void CheckAgainstReference(AttentionFunction* run, const Problem& problem) {
  Matrix got = problem.Output(), want = problem.Output();
  RunWithScratch(run, problem, problem.Everything(), got);
  AttentionReference(problem.Args(want), problem.Everything(), nullptr);
  ExpectNear(got, want, problem);
  got.ExpectGapsUntouched();
}

using AttentionTest = testing::VariantTest<AttentionFunction>;

TEST_P(AttentionTest, EveryShortLength) {
  const uint64_t seed = testing::Seed();
  Shape shape;
  for (int32_t length = 1; length <= 40; ++length) shape.lengths.push_back(length);
  for (AttentionQueries queries : {AttentionQueries::kAll, AttentionQueries::kFirst, AttentionQueries::kLast}) {
    shape.queries = queries;
    CheckAgainstReference(GetParam().run, Problem(shape, seed));
  }
}

TEST_P(AttentionTest, EveryKindOfHead) {
  const uint64_t seed = testing::Seed();
  for (int64_t head_dim : {1, 2, 7, 8, 15, 16, 17, 24, 32, 33, 48, 64, 65, 80, 96, 128, 200, 256}) {
    for (AttentionQueries queries : {AttentionQueries::kAll, AttentionQueries::kLast}) {
      CheckAgainstReference(
          GetParam().run,
          Problem({.lengths = {5, 37, 16}, .heads = 4, .kv_heads = 2, .head_dim = head_dim, .queries = queries}, seed));
    }
  }
}

TEST_P(AttentionTest, LongSequences) {
  const uint64_t seed = testing::Seed();
  CheckAgainstReference(GetParam().run, Problem({.lengths = {128, 3, 301}, .heads = 1, .kv_heads = 1}, seed));
  CheckAgainstReference(GetParam().run, Problem({.lengths = {512}, .heads = 2, .kv_heads = 1, .head_dim = 32}, seed));
}

TEST_P(AttentionTest, MasksOfRandomShapes) {
  const uint64_t seed = testing::Seed();
  std::mt19937_64 random(seed);
  const auto pick = [&](int64_t low, int64_t high) {
    return std::uniform_int_distribution<int64_t>(low, high)(random);
  };
  for (int round = 0; round < 60; ++round) {
    Shape shape = {.lengths = {}, .kv_heads = pick(1, 2), .head_dim = pick(1, 40), .causal = pick(0, 1) == 1};
    shape.heads = shape.kv_heads * pick(1, 3);
    for (int64_t n = pick(1, 4); n > 0; --n) shape.lengths.push_back(static_cast<int32_t>(pick(1, 90)));
    if (pick(0, 2) > 0) shape.window_left = pick(0, 40);
    if (pick(0, 2) > 0) shape.window_right = pick(0, 40);
    if (pick(0, 2) == 0) shape.softcap = 2.5f;
    shape.queries = static_cast<AttentionQueries>(pick(0, 2));
    CheckAgainstReference(GetParam().run, Problem(shape, seed + round));
  }
}

TEST_P(AttentionTest, HugeAndTinyScores) {
  const uint64_t seed = testing::Seed();
  // Scores of about 1e4: one key takes all. Scores of about 1e-30: the mean of the values.
  for (double deviation : {35.0, 1e-15}) {
    const Problem problem({.lengths = {50, 1, 17}}, seed, deviation);
    Matrix y = problem.Output();
    RunWithScratch(GetParam().run, problem, problem.Everything(), y);
    for (int64_t t = 0; t < problem.rows(); ++t) {
      for (int64_t d = 0; d < problem.q_width(); ++d) ASSERT_TRUE(std::isfinite(y.At(t, d)));
    }
    CheckAgainstReference(GetParam().run, problem);
  }
}

std::vector<Shape> ShapesForBits() {
  return {{.lengths = {19, 128, 1, 40}, .heads = 4, .kv_heads = 2},
          {.lengths = {19, 100, 1, 40}, .heads = 2, .kv_heads = 2, .head_dim = 20, .causal = true},
          {.lengths = {64, 77}, .heads = 2, .kv_heads = 1, .head_dim = 32, .window_left = 5, .window_right = 11},
          {.lengths = {12, 50}, .softcap = 3, .queries = AttentionQueries::kFirst},
          {.lengths = {12, 50}, .causal = true, .window_left = 20, .queries = AttentionQueries::kLast}};
}

void ExpectSameBits(const Matrix& got, int64_t got_row, const Matrix& want, int64_t want_row, const char* what,
                    const Shape& shape) {
  ASSERT_EQ(got.RowBits(got_row), want.RowBits(want_row)) << what << ", row " << want_row << "; " << shape;
}

TEST_P(AttentionTest, BitsDoNotDependOnTheSplit) {
  const uint64_t seed = testing::Seed();
  for (const Shape& shape : ShapesForBits()) {
    const Problem problem(shape, seed);
    Matrix whole = problem.Output(), split = problem.Output();
    RunWithScratch(GetParam().run, problem, problem.Everything(), whole);
    const int64_t step = 13;  // Not a multiple of any block: every query meets different neighbours.
    for (int64_t s = 0; s < problem.sequences(); ++s) {
      for (int64_t h = 0; h < shape.heads; ++h) {
        for (int64_t from = 0; from < shape.lengths[s]; from += step) {
          RunWithScratch(GetParam().run, problem, {s, s + 1, h, h + 1, from, from + step}, split);
        }
      }
    }
    for (int64_t t = 0; t < problem.rows(); ++t) ExpectSameBits(split, t, whole, t, "split", shape);
  }
}

TEST_P(AttentionTest, BitsDoNotDependOnTheRestOfTheBatch) {
  const uint64_t seed = testing::Seed();
  for (const Shape& shape : ShapesForBits()) {
    Problem problem(shape, seed);
    Matrix before = problem.Output(), after = problem.Output();
    RunWithScratch(GetParam().run, problem, problem.Everything(), before);
    for (int64_t d = 0; d < problem.q_width(); ++d) problem.merged.At(0, d) = std::numeric_limits<float>::quiet_NaN();
    RunWithScratch(GetParam().run, problem, problem.Everything(), after);
    EXPECT_TRUE(std::isnan(after.At(0, 0))) << "a NaN must be seen; " << shape;
    const int64_t second = shape.queries == AttentionQueries::kAll ? problem.cu_seqlens[1] : 1;
    for (int64_t t = second; t < problem.rows(); ++t) ExpectSameBits(after, t, before, t, "a NaN in sequence 0", shape);
  }
}

TEST_P(AttentionTest, BitsAreThoseOfASequenceAlone) {
  const Shape shape = {.lengths = {9, 70, 23}};
  const Problem batch(shape, testing::Seed());
  Problem alone({.lengths = {70}}, 1);
  for (int64_t t = 0; t < 70; ++t) {
    for (int64_t d = 0; d < 3 * batch.q_width(); ++d) alone.merged.At(t, d) = batch.merged.At(9 + t, d);
  }
  Matrix in_batch = batch.Output(), by_itself = alone.Output();
  RunWithScratch(GetParam().run, batch, batch.Everything(), in_batch);
  RunWithScratch(GetParam().run, alone, alone.Everything(), by_itself);
  for (int64_t t = 0; t < 70; ++t) ExpectSameBits(in_batch, 9 + t, by_itself, t, "alone", shape);
}

INSTANTIATE_TEST_SUITE_P(Variants, AttentionTest,
                         ::testing::ValuesIn(AttentionVariants().begin(), AttentionVariants().end()),
                         testing::VariantName<AttentionFunction>);

TEST(AttentionScratch, IsAffineInTheLongestSequence) {
  const size_t base = AttentionScratchBytes(0, 64), step = AttentionScratchBytes(1, 64) - base;
  for (int64_t length : {2, 17, 512, 8192}) EXPECT_EQ(AttentionScratchBytes(length, 64), base + length * step);
}

}  // namespace
}  // namespace lathe::kernels
