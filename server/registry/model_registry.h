// The models that the server knows, by name and version, and what state each is in.
#ifndef LATHE_SERVER_REGISTRY_MODEL_REGISTRY_H_
#define LATHE_SERVER_REGISTRY_MODEL_REGISTRY_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/base/mutex.h"
#include "server/observability/metrics.h"
#include "server/registry/served_model.h"

namespace lathe {

enum class ModelState { kLoading, kReady, kDraining, kFailed };

// "loading", "ready", "draining", "failed".
absl::string_view Name(ModelState state);

// Thread-safe.
class ModelRegistry {
 public:
  // A look-up. `metrics` is where the call is counted: those of the version that was found, ready or not; null when
  // there is none.
  struct Found {
    ModelMetrics* metrics = nullptr;
    absl::StatusOr<std::shared_ptr<ServedModel>> model;
  };

  // Makes a version known, in state kLoading. Requires: it is not known.
  void Add(const std::string& name, int64_t version, ModelMetrics& metrics);

  // From now on `model` answers the calls for its name and version. Requires: added before.
  void SetReady(std::shared_ptr<ServedModel> model);

  // Takes the model of a version out of service, if there is one; calls that found it before go on with it.
  // Requires: added before; `state` is not kReady.
  void SetState(const std::string& name, int64_t version, ModelState state);

  // Finds the model of a request. An empty `name` means the only one there is; `version` 0 the highest that is ready.
  // Errors (in Found::model): as errors::ModelNotNamed, ModelNotFound, VersionNotFound, ModelNotReady.
  Found Find(absl::string_view name, int64_t version) const;

  // All ready versions.
  std::vector<std::shared_ptr<ServedModel>> Ready() const;

 private:
  struct Entry {
    ModelState state = ModelState::kLoading;
    ModelMetrics* metrics = nullptr;
    std::shared_ptr<ServedModel> model;  // Set when ready.
  };
  using Versions = std::map<int64_t, Entry, std::greater<int64_t>>;  // The highest first.
  using Models = std::map<std::string, Versions, std::less<>>;

  static Found Choose(const std::string& name, const Versions& versions, int64_t version);
  static Versions::const_iterator HighestReady(const Versions& versions);  // The highest, when none is ready.
  static std::string Numbers(const Versions& versions);
  std::string Names() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  mutable Mutex mutex_;
  Models models_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace lathe

#endif  // LATHE_SERVER_REGISTRY_MODEL_REGISTRY_H_
