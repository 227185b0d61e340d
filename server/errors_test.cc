#include "server/errors.h"

#include <chrono>
#include <string>

#include "engine/base/status_matchers.h"

namespace lathe::errors {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(ErrorsTest, NamesFieldGotAndWanted) {
  EXPECT_THAT(
      TextTooLong("inputs[3].text", 5000000, 1048576),
      StatusIs(absl::StatusCode::kInvalidArgument, "inputs[3].text: got 5000000 bytes, wanted at most 1048576"));
}

TEST(ErrorsTest, RetryDelayComesBack) {
  EXPECT_EQ(RetryDelay(QueueFull(std::chrono::milliseconds(250))), std::chrono::milliseconds(250));
  EXPECT_EQ(RetryDelay(ShuttingDown()), std::nullopt);
}

TEST(ErrorsTest, NamesFromClientsAreEscapedAndCut) {
  EXPECT_EQ(Quote("a\n\xff"), R"("a\n\xff")");
  EXPECT_LT(Quote(std::string(100000, 'x')).size(), 80u);
  EXPECT_THAT(ModelNotFound("\x1b[2J", "sentiment"), StatusIs(absl::StatusCode::kNotFound, Not(HasSubstr("\x1b"))));
}

}  // namespace
}  // namespace lathe::errors
