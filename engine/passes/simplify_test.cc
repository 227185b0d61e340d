#include "engine/passes/simplify.h"

#include "engine/base/status_matchers.h"
#include "engine/passes/pass_test_util.h"

namespace lathe {
namespace {

TEST(Simplify, AppliesRulesAndMergesUntilNothingChanges) {
  RunAndFileCheck(R"ir(graph @g(%x: f32[T, 4]) -> f32[T, 4] {
    %z = constant f32[] 0.0
    %a = add(%x, %z) : f32[T, 4]
    %n = neg(%a) : f32[T, 4]
    %b = abs(%n) : f32[T, 4]
    %d = abs(%x) : f32[T, 4]
    %c = sub(%b, %d) : f32[T, 4]
    return %c
  })ir",
                  Simplify, R"ir(
    CHECK:      [[A:%[a-z0-9]+]] = abs(%x)
    CHECK-NEXT: [[C:%[a-z0-9]+]] = sub([[A]], [[A]])
    CHECK-NEXT: return [[C]]
  )ir");
}

TEST(Simplify, MovesAScaleIntoTheWeightsOfALinear) {
  RunAndFileCheck(R"ir(graph @g(%x: f32[T, 4]) -> f32[T, 2] {
    %w = constant f32[2, 4] "w"
    %b = constant f32[2] "b"
    %h = constant f32[] 0.25
    %k = constant f32[] 2.0
    %1 = linear(%x, %w) : f32[T, 2]
    %2 = add(%1, %b) : f32[T, 2]
    %3 = mul(%h, %2) : f32[T, 2]
    %4 = mul(%3, %k) : f32[T, 2]
    return %4
  })ir",
                  Simplify, R"ir(
    CHECK-DAG:  [[W:%[a-z0-9]+]]{{ +}}= constant f32[2, 4] "mul(mul(w, 0.25), 2.0)"
    CHECK-DAG:  [[B:%[a-z0-9]+]]{{ +}}= constant f32[2] "mul(mul(b, 0.25), 2.0)"
    CHECK:      [[Y:%[a-z0-9]+]]{{ +}}= linear(%x, [[W]], [[B]])
    CHECK-NEXT: return [[Y]]
  )ir",
                  1e-6);
}

TEST(Simplify, RecognisesAGeluThatIsWrittenOut) {
  RunAndFileCheck(R"ir(graph @g(%x: f32[T, 4]) -> f32[T, 4] {
    %half = constant f32[] 0.5
    %one = constant f32[] 1.0
    %root = constant f32[] 1.4142135381698608
    %1 = div(%x, %root) : f32[T, 4]
    %2 = erf(%1) : f32[T, 4]
    %3 = add(%one, %2) : f32[T, 4]
    %4 = mul(%half, %x) : f32[T, 4]
    %5 = mul(%4, %3) : f32[T, 4]
    return %5
  })ir",
                  Simplify, R"ir(
    CHECK:      {{^}}graph
    CHECK-NEXT: [[Y:%[0-9]+]] = gelu(%x)
    CHECK-NEXT: return [[Y]]
  )ir",
                  1e-6);
}

// x * 0 and x - x are not 0 where x is NaN or infinite; a sum in another order may lose what cancels; what others read
// would be computed twice; a weight that others read would be held twice.
TEST(Simplify, LeavesWhatIsNotTheSame) {
  ExpectNoChange(R"ir(graph @g(%x: f32[T, 4], %y: f32[4]) -> f32[T, 4], f32[T, 4], f32[T, 4], f32[T, 4], f32[T, 4] {
    %zero = constant f32[] 0.0
    %c = constant f32[] 3.0
    %d = constant f32[] -2.0
    %w = constant f32[4, 4] "w"
    %1 = mul(%x, %zero) : f32[T, 4]
    %2 = sub(%x, %x) : f32[T, 4]
    %3 = add(%x, %c) : f32[T, 4]
    %4 = add(%3, %d) : f32[T, 4]
    %5 = linear(%x, %w) : f32[T, 4]
    %6 = mul(%5, %c) : f32[T, 4]
    %7 = linear(%4, %w) : f32[T, 4]
    return %1, %2, %6, %7, %5
  })ir",
                 Simplify);
}

// The zeros widen the row to T rows: the sum is not its operand.
TEST(Simplify, LeavesASumThatBroadcasts) {
  ExpectNoChange(R"ir(graph @g(%y: f32[4]) -> f32[1, 4] {
    %zeros = constant f32[1, 1] [0.0]
    %1 = add(%y, %zeros) : f32[1, 4]
    return %1
  })ir",
                 Simplify);
}

}  // namespace
}  // namespace lathe
