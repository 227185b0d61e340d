// What tests of passes share: text in, FileCheck text out; and the same results before and after.
#ifndef LATHE_ENGINE_PASSES_PASS_TEST_UTIL_H_
#define LATHE_ENGINE_PASSES_PASS_TEST_UTIL_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "engine/ir/evaluate.h"
#include "engine/ir/graph.h"
#include "engine/ir/text.h"
#include "engine/passes/pass_runner.h"
#include "engine/passes/random_values.h"

namespace lathe {

// Reads `text`, runs the pass, and lets LLVM's FileCheck hold the printed result against the CHECK lines of `checks`.
// The graph must be verified after, and must compute what it computed before (ExpectSameResults with `tolerance`).
void RunAndFileCheck(absl::string_view text, const Pass& pass, absl::string_view checks, double tolerance = 0);

// The pass must say that it changed nothing and leave the text as it was.
void ExpectNoChange(absl::string_view text, const Pass& pass);

// Evaluates both graphs on the same random batches and compares every element of every output:
// |before - after| <= tolerance * (1 + the largest finite |before| of that output); NaN and infinities agree exactly.
// Passes that only move work round nothing differently: for them the tolerance is 0.
void ExpectSameResults(const Graph& before, const Graph& after, uint64_t seed, double tolerance = 0);

// The comparison of ExpectSameResults, for one output.
void ExpectSameTensor(const Tensor& before, const Tensor& after, double tolerance);

// Random elements for every named constant of a text, decided by the name and the seed.
ConstantResolver RandomConstants(uint64_t seed);

}  // namespace lathe

#endif  // LATHE_ENGINE_PASSES_PASS_TEST_UTIL_H_
