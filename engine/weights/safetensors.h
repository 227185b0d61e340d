// The safetensors format: 8 bytes header length, a JSON header, tensor data.
//
//   u64 N | {"name": {"dtype": "F16", "shape": [2, 3], "data_offsets": [begin, end]}, ..., "__metadata__": {...}} |
//   data
//
// Every rule of the format is enforced, with arithmetic that cannot wrap:
//   length    the file holds the 8 bytes, N <= 100,000,000, and 8 + N bytes.
//   header    UTF-8, one JSON object with JSON white space around it and nothing else; no key twice at any level.
//   metadata  `__metadata__` maps strings to strings.
//   entry     has dtype, shape and data_offsets and nothing else; dtype is one the format names.
//   size      product(shape) x bits is whole bytes and equals end - begin.
//   layout    the tensors, by offset, cover the data exactly: from 0, no hole, no overlap, to the file's last byte.
// Own limits: 100,000 tensors, names of 1 to 512 bytes, rank 8.
// Source: huggingface/safetensors README ("Format") and src/tensor.rs.
#ifndef LATHE_ENGINE_WEIGHTS_SAFETENSORS_H_
#define LATHE_ENGINE_WEIGHTS_SAFETENSORS_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "engine/weights/tensor.h"

namespace lathe {

// The tensors of a whole file, in the order of their data, as views into `file`; TensorView::file is left unset.
// Does not touch the data, so a large file costs only its header.
// Errors: INVALID_ARGUMENT, naming the tensor where there is one, and the rule that is broken.
absl::StatusOr<std::vector<TensorView>> ParseSafetensors(absl::Span<const uint8_t> file);

// Bytes before the tensor data, 8 + N; 0 when the file is too short for it. What identifies a checkpoint cheaply.
uint64_t SafetensorsHeaderBytes(absl::Span<const uint8_t> file);

}  // namespace lathe

#endif  // LATHE_ENGINE_WEIGHTS_SAFETENSORS_H_
