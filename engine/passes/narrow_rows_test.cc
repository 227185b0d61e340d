#include "engine/passes/narrow_rows.h"

#include "engine/base/status_matchers.h"
#include "engine/passes/pass_test_util.h"

namespace lathe {
namespace {

TEST(NarrowRows, MovesThroughRowWiseOpsAndLeavesBroadcastOperands) {
  RunAndFileCheck(R"(graph @g(%x: f32[T, 4], %r: f32[T, 4], %c: f32[T, 1], %cu: i32[N+1]) -> f32[N, 4] {
    %g = constant f32[4] "g"
    %b = constant f32[4] "b"
    %h = constant f32[] 0.5
    %1 = add(%x, %r) : f32[T, 4]
    %2 = mul(%1, %c) : f32[T, 4]
    %3 = layer_norm(%2, %g, %b) {eps = 1e-05} : f32[T, 4]
    %4 = mul(%3, %h) : f32[T, 4]
    %5 = gather_last(%4, %cu) : f32[N, 4]
    return %5
  })",
                  NarrowRows, R"(
    CHECK-DAG:  [[X:%[0-9]+]] = gather_last(%x, %cu) : f32[N, 4]
    CHECK-DAG:  [[R:%[0-9]+]] = gather_last(%r, %cu) : f32[N, 4]
    CHECK-DAG:  [[C:%[0-9]+]] = gather_last(%c, %cu) : f32[N, 1]
    CHECK-DAG:  [[S:%[0-9_]+]] = add([[X]], [[R]]) : f32[N, 4]
    CHECK:      [[M:%[0-9_]+]] = mul([[S]], [[C]]) : f32[N, 4]
    CHECK:      [[L:%[0-9_]+]] = layer_norm([[M]], %g, %b) {eps = 1e-05} : f32[N, 4]
    CHECK:      [[Y:%[0-9_]+]] = mul([[L]], %h) : f32[N, 4]
    CHECK-NEXT: return [[Y]]
  )");
}

TEST(NarrowRows, NarrowsQueriesAndKeepsKeysAndValues) {
  RunAndFileCheck(R"(graph @g(%x: f32[T, 8], %cu: i32[N+1]) -> f32[N, 8] {
    %wq = constant f32[8, 8] "wq"
    %wk = constant f32[8, 8] "wk"
    %wv = constant f32[8, 8] "wv"
    %wo = constant f32[8, 8] "wo"
    %q = linear(%x, %wq) : f32[T, 8]
    %k = linear(%x, %wk) : f32[T, 8]
    %v = linear(%x, %wv) : f32[T, 8]
    %a = attention(%q, %k, %v, %cu) {causal = 1, heads = 2, scale = 0.5} : f32[T, 8]
    %o = linear(%a, %wo) : f32[T, 8]
    %s = add(%o, %x) : f32[T, 8]
    %f = gather_first(%s, %cu) : f32[N, 8]
    return %f
  })",
                  NarrowRows, R"(
    CHECK:      %k{{ +}}= linear(%x, %wk) : f32[T, 8]
    CHECK-NEXT: %v{{ +}}= linear(%x, %wv) : f32[T, 8]
    CHECK-NEXT: [[X:%[0-9]+]]{{ +}}= gather_first(%x, %cu) : f32[N, 8]
    CHECK-NEXT: %q_1 = linear([[X]], %wq) : f32[N, 8]
    CHECK:      %a_1 = attention(%q_1, %k, %v, %cu) {causal = 1, heads = 2, query = first, scale = 0.5} : f32[N, 8]
    CHECK-NEXT: %o_1 = linear(%a_1, %wo) : f32[N, 8]
    CHECK-NEXT: %s_1 = add(%o_1, [[X]]) : f32[N, 8]
    CHECK-NEXT: return %s_1
  )");
}

TEST(NarrowRows, MovesThroughAConcatOfColumnsAndSlices) {
  RunAndFileCheck(R"(graph @g(%x: f32[T, 4], %y: f32[T, 2], %cu: i32[N+1]) -> f32[N, 3] {
    %1 = concat(%x, %y) {axis = 1} : f32[T, 6]
    %2 = slice(%1) {begin = 2, end = 5} : f32[T, 3]
    %3 = gather_first(%2, %cu) : f32[N, 3]
    return %3
  })",
                  NarrowRows, "CHECK: concat({{.*}}) {axis = 1} : f32[N, 6]");
}

TEST(NarrowRows, StopsAtAValueThatOthersRead) {
  ExpectNoChange(R"(graph @g(%x: f32[T, 4], %cu: i32[N+1]) -> f32[N, 4], f32[T, 4] {
    %1 = gelu(%x) : f32[T, 4]
    %2 = gather_first(%1, %cu) : f32[N, 4]
    %3 = relu(%1) : f32[T, 4]
    return %2, %3
  })",
                 NarrowRows);
}

TEST(NarrowRows, StopsAtAValueThatIsReturned) {
  ExpectNoChange(R"(graph @g(%x: f32[T, 4], %cu: i32[N+1]) -> f32[N, 4], f32[T, 4] {
    %1 = gelu(%x) : f32[T, 4]
    %2 = gather_first(%1, %cu) : f32[N, 4]
    return %2, %1
  })",
                 NarrowRows);
}

TEST(NarrowRows, StopsAtIdsPositionsAndConditions) {
  ExpectNoChange(R"(graph @g(%ids: i32[T], %x: f32[T, 4], %p: i32[T], %m: bool[T, 1], %cu: i32[N+1])
      -> f32[N, 4], f32[N, 4], f32[N, 4] {
    %t = constant f32[9, 4] "t"
    %1 = embedding(%t, %ids) : f32[T, 4]
    %2 = gather_first(%1, %cu) : f32[N, 4]
    %3 = rope(%x, %p) {head_dim = 2} : f32[T, 4]
    %4 = gather_last(%3, %cu) : f32[N, 4]
    %5 = select(%m, %x, %x) : f32[T, 4]
    %6 = gather_last(%5, %cu) : f32[N, 4]
    return %2, %4, %6
  })",
                 NarrowRows);
}

TEST(NarrowRows, LeavesMeansAndAttentionOverOtherSequences) {
  ExpectNoChange(R"(graph @g(%x: f32[T, 4], %cu: i32[N+1], %other: i32[N+1]) -> f32[N, 4], f32[N, 4] {
    %1 = gelu(%x) : f32[T, 4]
    %2 = segment_mean(%1, %cu) : f32[N, 4]
    %3 = attention(%x, %x, %x, %other) {heads = 1, scale = 0.5} : f32[T, 4]
    %4 = gather_first(%3, %cu) : f32[N, 4]
    return %2, %4
  })",
                 NarrowRows);
}

}  // namespace
}  // namespace lathe
