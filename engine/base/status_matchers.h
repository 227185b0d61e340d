// gMock matchers for absl::Status and absl::StatusOr, with newer Abseil's names: IsOk, IsOkAndHolds, StatusIs.
//
//   EXPECT_THAT(ParseDim("T+"), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("T+")));
//   ASSERT_OK_AND_ASSIGN(Graph graph, ParseGraph(text));
#ifndef LATHE_ENGINE_BASE_STATUS_MATCHERS_H_
#define LATHE_ENGINE_BASE_STATUS_MATCHERS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/status_macros.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace lathe {

inline const absl::Status& GetStatus(const absl::Status& status) { return status; }
template <typename T>
const absl::Status& GetStatus(const absl::StatusOr<T>& result) {
  return result.status();
}

MATCHER(IsOk, "is OK") {
  if (GetStatus(arg).ok()) return true;
  *result_listener << GetStatus(arg).ToString();
  return false;
}

MATCHER_P2(StatusIs, code, message, "") {
  if (GetStatus(arg).code() != code) {
    *result_listener << "whose status is " << GetStatus(arg).ToString();
    return false;
  }
  return testing::ExplainMatchResult(message, std::string(GetStatus(arg).message()), result_listener);
}
inline auto StatusIs(absl::StatusCode code) { return StatusIs(code, testing::_); }

MATCHER_P(IsOkAndHolds, matcher, "") {
  if (!arg.ok()) {
    *result_listener << "whose status is " << arg.status().ToString();
    return false;
  }
  return testing::ExplainMatchResult(matcher, *arg, result_listener);
}

}  // namespace lathe

#define EXPECT_OK(expression) EXPECT_THAT(expression, ::lathe::IsOk())
#define ASSERT_OK(expression) ASSERT_THAT(expression, ::lathe::IsOk())
#define ASSERT_OK_AND_ASSIGN(declaration, expression) \
  LATHE_ASSERT_OK_AND_ASSIGN_(LATHE_MACRO_CONCAT_(lathe_result_, __LINE__), declaration, expression)
#define LATHE_ASSERT_OK_AND_ASSIGN_(result, declaration, expression) \
  auto result = (expression);                                        \
  ASSERT_THAT(result, ::lathe::IsOk());                              \
  declaration = *std::move(result)

#endif  // LATHE_ENGINE_BASE_STATUS_MATCHERS_H_
