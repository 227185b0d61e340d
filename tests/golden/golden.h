// Checkpoints with the answers that transformers gives for them: what every way of running a model is held to.
//
//   for (const GoldenModel& model : GoldenModels()) {
//     ASSERT_OK_AND_ASSIGN(std::vector<GoldenCase> cases, LoadGolden(model.golden));
//     const GoldenBatch packed = Pack(cases);                      // run packed.batch() any way there is
//     EXPECT_THAT(logits, LogitsNear(cases));
//   }
//
// The README says how the files are made.
#ifndef LATHE_TESTS_GOLDEN_GOLDEN_H_
#define LATHE_TESTS_GOLDEN_GOLDEN_H_

#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "engine/runtime/batch.h"
#include "gmock/gmock.h"

namespace lathe {

struct GoldenModel {
  std::string name;    // Fit for the name of a test.
  std::string folder;  // A model folder.
  std::string golden;  // Its reference answers.
};

// The tiny seeded checkpoints, the embedded model, and, where the environment variable LATHE_MINILM names a folder that
// make_minilm.py made, that real BERT.
std::vector<GoldenModel> GoldenModels();

// One line of a golden file. The tiny checkpoints have ids alone: no text, no label.
struct GoldenCase {
  std::string text;
  std::optional<std::string> pair;
  std::vector<int32_t> ids;
  std::vector<int32_t> segment_ids;  // As long as ids; zeros where the file has none.
  std::vector<float> logits;         // By transformers, in f32 on the stored weights.
  std::string label;
};

// Errors: INVALID_ARGUMENT naming file and line, or as ReadFile.
absl::StatusOr<std::vector<GoldenCase>> LoadGolden(const std::string& path);

// Cases end to end as one batch, and the memory that its spans view.
struct GoldenBatch {
  std::vector<int32_t> token_ids;
  std::vector<int32_t> segment_ids;
  std::vector<int32_t> positions;
  std::vector<int32_t> cu_seqlens = {0};

  Batch batch() const { return {token_ids, segment_ids, positions, cu_seqlens}; }
};
GoldenBatch Pack(absl::Span<const GoldenCase> cases);

// How far a logit may be from the reference's. f32 sums in another order differ by some 1e-6 of the largest term; the
// checkpoints' own f32 answers are up to 0.1 of this away from f64 (models/features.json).
inline float LogitTolerance(float reference) { return 2e-4f + 2e-4f * std::fabs(reference); }

// Matches logits f32[N, labels], row-major, against those of N cases; says the first that is off.
testing::Matcher<absl::Span<const float>> LogitsNear(absl::Span<const GoldenCase> cases);

}  // namespace lathe

#endif  // LATHE_TESTS_GOLDEN_GOLDEN_H_
