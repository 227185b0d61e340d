#include "server/registry/model_registry.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/errors.h"

namespace lathe {

absl::string_view Name(ModelState state) {
  switch (state) {
    case ModelState::kLoading:
      return "loading";
    case ModelState::kReady:
      return "ready";
    case ModelState::kDraining:
      return "draining";
    case ModelState::kFailed:
      return "failed";
  }
  return "unknown";
}

void ModelRegistry::Add(const std::string& name, int64_t version, ModelMetrics& metrics) {
  MutexLock lock(&mutex_);
  models_[name][version].metrics = &metrics;
}

void ModelRegistry::SetReady(std::shared_ptr<ServedModel> model) {
  MutexLock lock(&mutex_);
  Entry& entry = models_[model->options().name][model->options().version];
  entry.state = ModelState::kReady;
  std::swap(entry.model, model);  // What was there before is let go after the lock.
}

void ModelRegistry::SetState(const std::string& name, int64_t version, ModelState state) {
  std::shared_ptr<ServedModel> before;  // Let go after the lock.
  MutexLock lock(&mutex_);
  Entry& entry = models_[name][version];
  entry.state = state;
  std::swap(entry.model, before);
}

std::string ModelRegistry::Names() const {
  return absl::StrJoin(models_, ", ", [](std::string* out, const auto& model) { out->append(model.first); });
}

ModelRegistry::Found ModelRegistry::Find(absl::string_view name, int64_t version) const {
  MutexLock lock(&mutex_);
  if (name.empty() && models_.size() > 1) return {nullptr, errors::ModelNotNamed(Names())};
  const auto model = name.empty() ? models_.begin() : models_.find(name);
  if (model == models_.end()) return {nullptr, errors::ModelNotFound(name, Names())};
  return Choose(model->first, model->second, version);
}

ModelRegistry::Found ModelRegistry::Choose(const std::string& name, const Versions& versions, int64_t version) {
  auto chosen = version == 0 ? HighestReady(versions) : versions.find(version);
  if (chosen == versions.end()) return {nullptr, errors::VersionNotFound(name, version, Numbers(versions))};
  const Entry& entry = chosen->second;
  if (entry.state != ModelState::kReady) return {entry.metrics, errors::ModelNotReady(name, Name(entry.state))};
  return {entry.metrics, entry.model};
}

ModelRegistry::Versions::const_iterator ModelRegistry::HighestReady(const Versions& versions) {
  const auto is_ready = [](const auto& entry) { return entry.second.state == ModelState::kReady; };
  const auto ready = std::find_if(versions.begin(), versions.end(), is_ready);
  return ready == versions.end() ? versions.begin() : ready;
}

std::string ModelRegistry::Numbers(const Versions& versions) {
  return absl::StrJoin(versions, ", ", [](std::string* out, const auto& entry) { absl::StrAppend(out, entry.first); });
}

std::vector<std::shared_ptr<ServedModel>> ModelRegistry::Ready() const {
  MutexLock lock(&mutex_);
  std::vector<std::shared_ptr<ServedModel>> ready;
  for (const auto& [name, versions] : models_) {
    for (const auto& [version, entry] : versions) {
      if (entry.state == ModelState::kReady) ready.push_back(entry.model);
    }
  }
  return ready;
}

}  // namespace lathe
