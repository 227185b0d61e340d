#include "engine/ir/type.h"

#include "engine/base/status_matchers.h"

namespace lathe {
namespace {

using ::testing::HasSubstr;

TEST(Dim, PrintsAsAnAffineExpression) {
  EXPECT_EQ(Dim(768).ToString(), "768");
  EXPECT_EQ(Dim(0).ToString(), "0");
  EXPECT_EQ((Dim::N() + 1).ToString(), "N+1");
  EXPECT_EQ((Dim::T() * 2 + Dim::N() + 3).ToString(), "2*T+N+3");
}

TEST(Dim, EvaluatesAtABatch) { EXPECT_EQ((Dim::T() * 2 + Dim::N() + 3).Evaluate({5, 2}), 15); }

TEST(ElementCount, IsAffineInTheBatch) {
  EXPECT_EQ(ElementCount({}), Dim(1));
  EXPECT_EQ(ElementCount({2, Dim::T() + 1, 3}), Dim::T() * 6 + 6);
  EXPECT_EQ(ElementCount({0, Dim::T()}), Dim(0));
}

TEST(CheckType, AcceptsWhatModelsHave) {
  EXPECT_OK(CheckType({DType::kF32, {}}));
  EXPECT_OK(CheckType({DType::kF32, {0}}));
  EXPECT_OK(CheckType({DType::kF32, {Dim::T(), 1024}}));
  EXPECT_OK(CheckType({DType::kS8, {250002, 4096}}));
}

TEST(CheckType, RefusesSizesThatCouldOverflow) {
  const auto error = [](Shape shape) { return CheckType({DType::kF32, std::move(shape)}); };
  constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
  EXPECT_THAT(error(Shape(9, Dim(1))), StatusIs(kInvalid, "rank 9, wanted at most 8"));
  EXPECT_THAT(error({-1}), StatusIs(kInvalid, "dimension -1 out of range in f32[-1]"));
  EXPECT_THAT(error({(int64_t{1} << 31) + 1}), StatusIs(kInvalid, HasSubstr("out of range")));
  EXPECT_THAT(error({Dim::T() * (int64_t{1} << 32)}), StatusIs(kInvalid, HasSubstr("out of range")));
  EXPECT_THAT(error({1 << 20, 1 << 20}), StatusIs(kInvalid, HasSubstr("more than 1e12 elements")));
  EXPECT_THAT(error({Dim::T(), Dim::N()}), StatusIs(kInvalid, "more than one symbolic dimension in f32[T, N]"));
}

}  // namespace
}  // namespace lathe
