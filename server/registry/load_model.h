// From a manifest to a model that answers.
#ifndef LATHE_SERVER_REGISTRY_LOAD_MODEL_H_
#define LATHE_SERVER_REGISTRY_LOAD_MODEL_H_

#include <memory>

#include "absl/status/statusor.h"
#include "engine/runtime/thread_pool.h"
#include "server/batching/clock.h"
#include "server/config/manifest.h"
#include "server/observability/metrics.h"
#include "server/registry/served_model.h"

namespace lathe {

// Loads and compiles the model that `manifest` names, and runs it once. Takes seconds. `pool`, `metrics` and `clock`
// outlive the result.
// Errors: what loading says (NOT_FOUND, INVALID_ARGUMENT, UNIMPLEMENTED), each naming manifest, line and key where one
// is at fault, else the manifest and the model's file; INVALID_ARGUMENT when max_length is above the token budget.
absl::StatusOr<std::shared_ptr<ServedModel>> LoadServedModel(const Manifest& manifest, ThreadPool& pool,
                                                             ModelMetrics& metrics, const Clock& clock);

}  // namespace lathe

#endif  // LATHE_SERVER_REGISTRY_LOAD_MODEL_H_
