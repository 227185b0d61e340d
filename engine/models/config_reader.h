// Typed, range-checked access to the keys of a config.json. Every error names path, key, got and wanted.
#ifndef LATHE_ENGINE_MODELS_CONFIG_READER_H_
#define LATHE_ENGINE_MODELS_CONFIG_READER_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/json/json.h"
#include "engine/models/config.h"

namespace lathe {

// What a number may be, both ends included.
struct Range {
  int64_t minimum;
  int64_t maximum;
};

// What architectures have in common. The upper ends are some ten times the largest published model's: beyond them
// stands a damaged file, and every product of two sizes fits 64 bits with room.
inline constexpr Range kVocabularyRange = {1, 10'000'000};
inline constexpr Range kHiddenRange = {1, 65'536};
inline constexpr Range kFeedForwardRange = {1, 1'048'576};
inline constexpr Range kLayersRange = {1, 1'000};
inline constexpr Range kHeadsRange = {1, 1'024};
inline constexpr Range kPositionsRange = {1, 1'048'576};
inline constexpr Range kSegmentTypesRange = {1, 1'024};
inline constexpr int64_t kLabelsMax = 100'000;

// A view of a parsed config: does not outlive `root`. A key whose value is null counts as absent, as in transformers.
class ConfigReader {
 public:
  // `root` is an object. `path` stands in front of every error.
  ConfigReader(const JsonValue& root, absl::string_view path) : root_(root), path_(path) {}

  // The value, or nullptr when absent.
  const JsonValue* Find(absl::string_view key) const;

  // A key that must be there.
  absl::StatusOr<int64_t> Integer(absl::string_view key, Range range) const;
  absl::StatusOr<std::string> String(absl::string_view key) const;

  // A key with the default that transformers gives it. Errors: INVALID_ARGUMENT: there, but of another type or out of
  // range.
  absl::StatusOr<int64_t> IntegerOr(absl::string_view key, Range range, int64_t otherwise) const;
  absl::StatusOr<std::string> StringOr(absl::string_view key, absl::string_view otherwise) const;
  absl::StatusOr<bool> BoolOr(absl::string_view key, bool otherwise) const;
  // A positive number of at most 1, as an epsilon is.
  absl::StatusOr<double> EpsilonOr(absl::string_view key, double otherwise) const;
  // The name of an activation function. Errors: UNIMPLEMENTED: a function that Lathe does not have, with those it has.
  absl::StatusOr<Activation> ActivationOr(absl::string_view key, Activation otherwise) const;

  // Refuses, as UNIMPLEMENTED, a switch that is on.
  absl::Status RefuseTrue(absl::string_view key) const;
  // Refuses, as UNIMPLEMENTED, a key that holds anything but null and an empty array or object.
  absl::Status RefuseAny(absl::string_view key) const;

  // Errors: `<path>: <key>: got <got>, wanted <wanted>`.
  absl::Status Invalid(absl::string_view key, absl::string_view got, absl::string_view wanted) const;
  absl::Status Unsupported(absl::string_view key, absl::string_view got, absl::string_view wanted) const;

 private:
  const JsonValue& root_;
  absl::string_view path_;
};

}  // namespace lathe

#endif  // LATHE_ENGINE_MODELS_CONFIG_READER_H_
