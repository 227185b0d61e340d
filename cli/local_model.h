// What the commands share that load a model into this process: their flags, and the loading.
#ifndef LATHE_CLI_LOCAL_MODEL_H_
#define LATHE_CLI_LOCAL_MODEL_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/loader/model.h"
#include "engine/runtime/thread_pool.h"
#include "server/config/setting.h"

namespace lathe::cli {

struct LocalModelFlags {
  std::string model;
  std::string device = "cpu";
  Precision precision = Precision::kF32;
  int64_t threads = 0;
  bool random_weights = false;
};

// The rows of these flags, bound to `flags`.
std::vector<Setting> LocalModelSettings(LocalModelFlags& flags);

// A model with the threads that it runs on.
struct LocalModel {
  std::unique_ptr<ThreadPool> pool;
  std::unique_ptr<Model> model;
};

// Errors: INVALID_ARGUMENT (no --model), or as Model::Load.
absl::StatusOr<LocalModel> LoadLocalModel(const LocalModelFlags& flags, const CompileOptions& compile = {});

// The most memory that this process has held so far, as the system counts it (getrusage).
int64_t PeakRssBytes();

}  // namespace lathe::cli

#endif  // LATHE_CLI_LOCAL_MODEL_H_
