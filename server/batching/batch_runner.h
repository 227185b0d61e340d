// What the batcher runs batches on: a compiled model in the server, a fake in tests.
#ifndef LATHE_SERVER_BATCHING_BATCH_RUNNER_H_
#define LATHE_SERVER_BATCHING_BATCH_RUNNER_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "engine/runtime/batch.h"

namespace lathe {

class BatchRunner {
 public:
  virtual ~BatchRunner() = default;

  // Outputs of the model for one sequence.
  virtual int64_t labels() const = 0;

  // Computes the logits of every sequence. Blocks; called by one thread per lane at a time, on all lanes at once.
  // Shapes: logits [N, labels()], row-major.
  // Errors: any; the calls of the batch fail as a fault of the server.
  virtual absl::Status Run(const Batch& batch, int lane, absl::Span<float> logits) = 0;
};

}  // namespace lathe

#endif  // LATHE_SERVER_BATCHING_BATCH_RUNNER_H_
