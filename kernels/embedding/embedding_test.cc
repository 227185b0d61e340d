#include "kernels/embedding/embedding.h"

#include <algorithm>
#include <cmath>

#include "kernels/layer_norm/layer_norm.h"
#include "kernels/testing/testing.h"

namespace lathe::kernels {
namespace {

using testing::kUnitRoundoff;
using testing::Matrix;

constexpr int64_t kTableRows = 37;
constexpr int64_t kRows = 9;

// `count` tables of random rows, and random ids into them that include the first and the last row.
struct Problem {
  Problem(int count, int64_t width, uint64_t seed)
      : count(count), width(width), gamma(1, width, width), beta(1, width, width) {
    std::mt19937_64 random(seed);
    std::uniform_int_distribution<int32_t> id(0, kTableRows - 1);
    for (int k = 0; k < count; ++k) {
      tables.emplace_back(kTableRows, width, width + k).FillNormal(random);
      std::vector<int32_t>& table_ids = ids.emplace_back(kRows);
      for (int32_t& i : table_ids) i = id(random);
      table_ids[0] = kTableRows - 1;
      table_ids[1] = 0;
    }
    gamma.FillNormal(random, 1, 0.2);
    beta.FillNormal(random);
  }

  EmbeddingArgs Args(Matrix& y) const {
    EmbeddingArgs args = {
        .tables = {}, .table_count = count, .width = width, .rows = kRows, .y = y.data(), .y_stride = y.stride()};
    for (int k = 0; k < count; ++k) args.tables[k] = {tables[k].data(), tables[k].stride(), ids[k].data()};
    return args;
  }

  EmbeddingLayerNormArgs NormArgs(Matrix& y) const {
    return {.embedding = Args(y), .gamma = gamma.data(), .beta = beta.data(), .epsilon = 1e-5f};
  }

  int count;
  int64_t width;
  std::vector<Matrix> tables;
  std::vector<std::vector<int32_t>> ids;
  Matrix gamma, beta;
};

constexpr int64_t kWidths[] = {1, 7, 8, 16, 17, 100, 384, 768};

using EmbeddingTest = testing::VariantTest<EmbeddingFunction>;

TEST_P(EmbeddingTest, AgreesWithTheReference) {
  const uint64_t seed = testing::Seed();
  for (int count = 1; count <= kEmbeddingTablesMax; ++count) {
    for (int64_t width : kWidths) {
      const Problem problem(count, width, seed + width);
      Matrix got(kRows, width, width + 5), want(kRows, width, width);
      GetParam().run(problem.Args(got));
      EmbeddingReference(problem.Args(want));
      // At most three additions of terms that no draw of this size takes beyond 8.
      const double tolerance = 3 * kUnitRoundoff * 8 * count;
      for (int64_t t = 0; t < kRows; ++t) {
        for (int64_t d = 0; d < width; ++d) ASSERT_NEAR(got.At(t, d), want.At(t, d), count == 1 ? 0 : tolerance);
      }
      got.ExpectGapsUntouched();
    }
  }
}

TEST_P(EmbeddingTest, NoRowsTouchNothing) {
  const Problem problem(2, 20, 1);
  Matrix y(0, 20, 20);
  EmbeddingArgs args = problem.Args(y);
  args.rows = 0;
  GetParam().run(args);
  y.ExpectGapsUntouched();
}

INSTANTIATE_TEST_SUITE_P(Variants, EmbeddingTest,
                         ::testing::ValuesIn(EmbeddingVariants().begin(), EmbeddingVariants().end()),
                         testing::VariantName<EmbeddingFunction>);

// The row of that name in another list.
template <typename Function>
Function* Named(std::span<const Variant<Function>> variants, const std::string& name) {
  for (const Variant<Function>& variant : variants) {
    if (variant.name == name) return variant.run;
  }
  return nullptr;
}

LayerNormArgs InPlace(const EmbeddingLayerNormArgs& args) {
  return {.input = args.embedding.y,
          .input_stride = args.embedding.y_stride,
          .gamma = args.gamma,
          .beta = args.beta,
          .epsilon = args.epsilon,
          .width = args.embedding.width,
          .rows = args.embedding.rows,
          .y = args.embedding.y,
          .y_stride = args.embedding.y_stride};
}

using EmbeddingLayerNormTest = testing::VariantTest<EmbeddingLayerNormFunction>;

// With the tests above and those of layer_norm this ties the fused form to the references too.
TEST_P(EmbeddingLayerNormTest, GivesTheBitsOfItsTwoParts) {
  const uint64_t seed = testing::Seed();
  EmbeddingFunction* embedding = Named(EmbeddingVariants(), GetParam().name);
  LayerNormFunction* layer_norm = Named(LayerNormVariants(), GetParam().name);
  ASSERT_TRUE(embedding && layer_norm);
  for (int count = 1; count <= kEmbeddingTablesMax; ++count) {
    for (int64_t width : kWidths) {
      const Problem problem(count, width, seed + width);
      Matrix got(kRows, width, width + 5), want(kRows, width, width);
      GetParam().run(problem.NormArgs(got));
      embedding(problem.Args(want));
      layer_norm(InPlace(problem.NormArgs(want)));
      for (int64_t t = 0; t < kRows; ++t)
        ASSERT_EQ(got.RowBits(t), want.RowBits(t)) << count << " tables, width " << width;
      got.ExpectGapsUntouched();
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Variants, EmbeddingLayerNormTest,
                         ::testing::ValuesIn(EmbeddingLayerNormVariants().begin(), EmbeddingLayerNormVariants().end()),
                         testing::VariantName<EmbeddingLayerNormFunction>);

}  // namespace
}  // namespace lathe::kernels
