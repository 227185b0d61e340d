#include "engine/models/scores.h"

#include <cmath>
#include <limits>
#include <numeric>

#include "engine/base/status_matchers.h"

namespace lathe {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatEq;
using ::testing::HasSubstr;

constexpr float kHuge = std::numeric_limits<float>::max();

TEST(Scores, SingleLabelIsASoftmax) {
  ASSERT_OK_AND_ASSIGN(auto scores, Scores({1.0f, 2.0f, 4.0f}, ProblemType::kSingleLabel));
  const double sum = std::exp(1) + std::exp(2) + std::exp(4);
  EXPECT_THAT(scores, ElementsAre(FloatEq(std::exp(1) / sum), FloatEq(std::exp(2) / sum), FloatEq(std::exp(4) / sum)));
}

TEST(Scores, MultiLabelIsASigmoidOfEach) {
  ASSERT_OK_AND_ASSIGN(auto scores, Scores({0.0f, 2.0f, -2.0f}, ProblemType::kMultiLabel));
  EXPECT_THAT(scores, ElementsAre(0.5f, FloatEq(1 / (1 + std::exp(-2.0))), FloatEq(1 / (1 + std::exp(2.0)))));
}

TEST(Scores, RegressionIsTheLogit) {
  EXPECT_THAT(Scores({-3.5f, 7.0f}, ProblemType::kRegression), IsOkAndHolds(ElementsAre(-3.5f, 7.0f)));
}

TEST(Scores, NoFiniteLogitOverflows) {
  EXPECT_THAT(Scores({kHuge, -kHuge}, ProblemType::kSingleLabel), IsOkAndHolds(ElementsAre(1.0f, 0.0f)));
  EXPECT_THAT(Scores({kHuge, kHuge}, ProblemType::kSingleLabel), IsOkAndHolds(ElementsAre(0.5f, 0.5f)));
  EXPECT_THAT(Scores({kHuge, -kHuge}, ProblemType::kMultiLabel), IsOkAndHolds(ElementsAre(1.0f, 0.0f)));
}

TEST(Scores, ALogitThatIsNotFiniteIsAnError) {
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
                          -std::numeric_limits<float>::infinity()}) {
    for (const auto type : {ProblemType::kSingleLabel, ProblemType::kMultiLabel, ProblemType::kRegression}) {
      EXPECT_THAT(Scores({0.0f, bad}, type), StatusIs(absl::StatusCode::kInternal, HasSubstr("logit 1")));
    }
  }
}

TEST(TopK, HighestFirstAndOfEqualOnesTheLowerIndex) {
  EXPECT_THAT(TopK({0.1f, 0.4f, 0.1f, 0.4f}, 3), ElementsAre(1, 3, 0));
  EXPECT_THAT(TopK({0.1f, 0.4f}, 9), ElementsAre(1, 0));
  EXPECT_THAT(TopK({0.1f, 0.4f}, 0), ElementsAre());
  EXPECT_THAT(TopK({}, 3), ElementsAre());
}

}  // namespace
}  // namespace lathe
