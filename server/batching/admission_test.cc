#include "server/batching/admission.h"

#include "gtest/gtest.h"

namespace lathe {
namespace {

TEST(AdmissionTest, BoundsCalls) {
  Admission admission({.calls = 2, .bytes = 100});
  auto first = admission.TryEnter(1);
  auto second = admission.TryEnter(1);
  EXPECT_TRUE(second.has_value());
  EXPECT_FALSE(admission.TryEnter(1).has_value());
  first.reset();
  EXPECT_TRUE(admission.TryEnter(1).has_value());
}

TEST(AdmissionTest, BoundsBytesAndLetsALargeCallInAlone) {
  Admission admission({.calls = 10, .bytes = 100});
  auto first = admission.TryEnter(60);
  EXPECT_FALSE(admission.TryEnter(41).has_value());
  EXPECT_TRUE(admission.TryEnter(40).has_value());
  first.reset();
  EXPECT_TRUE(admission.TryEnter(1000).has_value());
  EXPECT_EQ(admission.calls(), 0);
}

TEST(AdmissionTest, AMovedPermitLeavesOnce) {
  Admission admission({.calls = 1, .bytes = 100});
  {
    auto permit = admission.TryEnter(1);
    Admission::Permit moved = std::move(*permit);
    permit.reset();
    EXPECT_EQ(admission.calls(), 1);
  }
  EXPECT_EQ(admission.calls(), 0);
}

}  // namespace
}  // namespace lathe
