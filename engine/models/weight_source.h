// Where the constants of a model's graph come from: a checkpoint, or a seed.
#ifndef LATHE_ENGINE_MODELS_WEIGHT_SOURCE_H_
#define LATHE_ENGINE_MODELS_WEIGHT_SOURCE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/ir/graph.h"
#include "engine/weights/weights.h"

namespace lathe {

// A size, and the config.json key that it comes from, for errors.
struct NamedSize {
  absl::string_view key;
  int64_t value;
};

// Immutable, so thread-safe. The sources that it gives keep alive what they read from.
class WeightSource {
 public:
  virtual ~WeightSource() = default;

  // Whether there is a tensor of that name.
  virtual bool Has(absl::string_view name) const = 0;

  // The f32 elements of the tensor of that name, read when the graph's constant is.
  // Errors: INVALID_ARGUMENT: no such tensor, or of another shape; names file, tensor, got, wanted and the keys of
  // config.json that it is wanted by. UNIMPLEMENTED: of a type that does not become f32.
  virtual absl::StatusOr<std::shared_ptr<const ConstantSource>> Get(absl::string_view name,
                                                                    const std::vector<NamedSize>& shape) const = 0;
};

// The tensors of a checkpoint. Transformers' older names of a norm's scale and shift, `LayerNorm.gamma` and
// `LayerNorm.beta`, are found as `LayerNorm.weight` and `LayerNorm.bias`.
std::unique_ptr<WeightSource> StoredWeights(std::shared_ptr<const Weights> weights);

// Tensors of any name and shape, for measuring without a checkpoint: uniform, small enough that activations stay
// finite at any depth, the same for one seed and name in every run.
std::unique_ptr<WeightSource> RandomWeights(uint64_t seed);

}  // namespace lathe

#endif  // LATHE_ENGINE_MODELS_WEIGHT_SOURCE_H_
