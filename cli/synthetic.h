// Batches of random ids, for timing without texts.
#ifndef LATHE_CLI_SYNTHETIC_H_
#define LATHE_CLI_SYNTHETIC_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/runtime/packed_batch.h"

namespace lathe::cli {

// "32x128": 32 sequences of 128 tokens. Errors: INVALID_ARGUMENT.
absl::StatusOr<std::vector<int64_t>> ParseShape(absl::string_view shape);

// A JSON array of lengths. Errors: as ReadFile, INVALID_ARGUMENT.
absl::StatusOr<std::vector<int64_t>> ReadLengths(const std::string& path);

// Sequences of these lengths with ids below `vocabulary`, the same ones in every run.
PackedBatch SyntheticBatch(absl::Span<const int64_t> lengths, int64_t vocabulary);

}  // namespace lathe::cli

#endif  // LATHE_CLI_SYNTHETIC_H_
