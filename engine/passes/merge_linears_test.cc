#include "engine/passes/merge_linears.h"

#include "engine/base/status_matchers.h"
#include "engine/passes/pass_test_util.h"

namespace lathe {
namespace {

TEST(MergeLinears, MergesQueriesKeysAndValues) {
  RunAndFileCheck(R"(graph @g(%x: f32[T, 8], %cu: i32[N+1]) -> f32[T, 8] {
    %wq = constant f32[8, 8] "q.weight"
    %bq = constant f32[8] "q.bias"
    %wk = constant f32[8, 8] "k.weight"
    %bk = constant f32[8] "k.bias"
    %wv = constant f32[8, 8] "v.weight"
    %bv = constant f32[8] "v.bias"
    %q = linear(%x, %wq, %bq) : f32[T, 8]
    %k = linear(%x, %wk, %bk) : f32[T, 8]
    %v = linear(%x, %wv, %bv) : f32[T, 8]
    %a = attention(%q, %k, %v, %cu) {heads = 2, scale = 0.5} : f32[T, 8]
    return %a
  })",
                  MergeLinears, R"ir(
    CHECK:      %wq_merged = constant f32[24, 8] "concat(q.weight, k.weight, v.weight)"
    CHECK-NEXT: %bq_merged = constant f32[24] "concat(q.bias, k.bias, v.bias)"
    CHECK-NEXT: %q_merged = linear(%x, %wq_merged, %bq_merged) : f32[T, 24]
    CHECK-NEXT: %q_1 = slice(%q_merged) {begin = 0, end = 8}
    CHECK-NEXT: %k_1 = slice(%q_merged) {begin = 8, end = 16}
    CHECK-NEXT: %v_1 = slice(%q_merged) {begin = 16, end = 24}
    CHECK-NEXT: attention(%q_1, %k_1, %v_1, %cu)
    CHECK-NOT:  linear
  )ir");
}

TEST(MergeLinears, KeepsBiasedAndUnbiasedApartAndMergesAChain) {
  RunAndFileCheck(R"(graph @g(%x: f32[T, 4]) -> f32[T, 2], f32[T, 3], f32[T, 4] {
    %w1 = constant f32[4, 4] "w1"
    %w2 = constant f32[2, 4] "w2"
    %w3 = constant f32[3, 4] "w3"
    %w4 = constant f32[4, 4] "w4"
    %w5 = constant f32[3, 4] "w5"
    %b3 = constant f32[3] "b3"
    %1 = linear(%x, %w1) : f32[T, 4]
    %2 = linear(%x, %w2) : f32[T, 2]
    %3 = linear(%x, %w3, %b3) : f32[T, 3]
    %4 = linear(%1, %w4) : f32[T, 4]
    %5 = linear(%1, %w5) : f32[T, 3]
    %6 = add(%5, %3) : f32[T, 3]
    return %2, %6, %4
  })",
                  MergeLinears, R"ir(
    CHECK-DAG: "concat(w1, w2)"
    CHECK-DAG: "concat(w4, w5)"
    CHECK-DAG: linear(%x, %w3, %b3)
  )ir");
}

TEST(MergeLinears, LeavesWeightsThatAreNotConstantOrThatOthersRead) {
  ExpectNoChange(R"(graph @g(%x: f32[T, 4], %w2: f32[4, 4]) -> f32[T, 4], f32[T, 4], f32[T, 4] {
    %w1 = constant f32[4, 4] "w1"
    %w3 = constant f32[4, 4] "w3"
    %1 = linear(%x, %w1) : f32[T, 4]
    %2 = linear(%x, %w2) : f32[T, 4]
    %3 = linear(%x, %w3) : f32[T, 4]
    %4 = linear(%2, %w3) : f32[T, 4]
    return %1, %3, %4
  })",
                 MergeLinears);
}

TEST(MergeLinears, LeavesLinearsOfDifferentInputs) {
  ExpectNoChange(R"(graph @g(%x: f32[T, 4], %y: f32[T, 4]) -> f32[T, 4], f32[T, 4] {
    %w1 = constant f32[4, 4] "w1"
    %w2 = constant f32[4, 4] "w2"
    %1 = linear(%x, %w1) : f32[T, 4]
    %2 = linear(%y, %w2) : f32[T, 4]
    return %1, %2
  })",
                 MergeLinears);
}

}  // namespace
}  // namespace lathe
