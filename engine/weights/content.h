// What a weight file is, told by its first bytes and never by its name.
#ifndef LATHE_ENGINE_WEIGHTS_CONTENT_H_
#define LATHE_ENGINE_WEIGHTS_CONTENT_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "engine/weights/tensor.h"

namespace lathe {

// A weight format, one row of the list in content.cc.
struct WeightFormat {
  const char* name;
  // Whether the content can be of this format.
  bool (*recognises)(absl::Span<const uint8_t> file);
  // All tensors as views into the file. Errors: INVALID_ARGUMENT, saying tensor and rule.
  absl::StatusOr<std::vector<TensorView>> (*parse)(absl::Span<const uint8_t> file);
  // Bytes from the start that describe the tensors: what Weights::identity() reads.
  uint64_t (*header_bytes)(absl::Span<const uint8_t> file);
};

// The format of a file's content.
// Errors: INVALID_ARGUMENT: none; says what the content looks like ("a zip archive ...").
absl::StatusOr<const WeightFormat*> FormatOf(absl::Span<const uint8_t> file);

}  // namespace lathe

#endif  // LATHE_ENGINE_WEIGHTS_CONTENT_H_
