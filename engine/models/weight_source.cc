#include "engine/models/weight_source.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "engine/base/file.h"
#include "engine/base/status_macros.h"

namespace lathe {
namespace {

std::vector<int64_t> Sizes(const std::vector<NamedSize>& shape) {
  std::vector<int64_t> sizes;
  sizes.reserve(shape.size());
  for (const NamedSize& size : shape) sizes.push_back(size.value);
  return sizes;
}

// "[3072, 768] (config.json: hidden_dim 3072, dim 768)"
std::string WantedText(const std::vector<NamedSize>& shape) {
  const std::string keys = absl::StrJoin(
      shape, ", ", [](std::string* out, const NamedSize& size) { absl::StrAppend(out, size.key, " ", size.value); });
  return absl::StrCat(ShapeText(Sizes(shape)), " (config.json: ", keys, ")");
}

class StoredConstant : public ConstantSource {
 public:
  StoredConstant(std::shared_ptr<const Weights> weights, const TensorView* tensor)
      : weights_(std::move(weights)), tensor_(tensor) {}

  absl::StatusOr<Tensor> Read() const override {
    Tensor values(DType::kF32, tensor_->shape);
    RETURN_IF_ERROR(ReadF32(*tensor_, values.mutable_data<float>().data()));
    // Else the whole checkpoint would be resident beside its packed copy by the time a model is loaded.
    ReleasePages(tensor_->bytes.data(), tensor_->bytes.size());
    return values;
  }
  std::string text() const override { return absl::StrCat("\"", tensor_->name, "\""); }

 private:
  const std::shared_ptr<const Weights> weights_;  // Keeps the mapping that tensor_ views.
  const TensorView* const tensor_;
};

class StoredWeightSource : public WeightSource {
 public:
  explicit StoredWeightSource(std::shared_ptr<const Weights> weights) : weights_(std::move(weights)) {}

  bool Has(absl::string_view name) const override { return Find(name) != nullptr; }

  absl::StatusOr<std::shared_ptr<const ConstantSource>> Get(absl::string_view name,
                                                            const std::vector<NamedSize>& shape) const override {
    const TensorView* tensor = Find(name);
    if (tensor == nullptr) {
      return absl::InvalidArgumentError(
          absl::StrCat(weights_->path(), ": no tensor \"", name, "\", wanted one of shape ", WantedText(shape)));
    }
    if (tensor->shape != Sizes(shape)) {
      return absl::InvalidArgumentError(
          absl::StrCat(Place(*tensor), ": shape ", ShapeText(tensor->shape), ", wanted ", WantedText(shape)));
    }
    RETURN_IF_ERROR(CheckConvertible(*tensor));
    return std::make_shared<StoredConstant>(weights_, tensor);
  }

 private:
  const TensorView* Find(absl::string_view name) const {
    if (const TensorView* tensor = weights_->Find(name)) return tensor;
    absl::string_view stem = name;
    if (absl::ConsumeSuffix(&stem, "LayerNorm.weight")) return weights_->Find(absl::StrCat(stem, "LayerNorm.gamma"));
    if (absl::ConsumeSuffix(&stem, "LayerNorm.bias")) return weights_->Find(absl::StrCat(stem, "LayerNorm.beta"));
    return nullptr;
  }

  const std::shared_ptr<const Weights> weights_;
};

// Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators": its finaliser over a counter.
uint64_t SplitMix(uint64_t state) {
  state += 0x9e3779b97f4a7c15u;
  state = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9u;
  state = (state ^ (state >> 27)) * 0x94d049bb133111ebu;
  return state ^ (state >> 31);
}

class RandomConstant : public ConstantSource {
 public:
  RandomConstant(std::string name, std::vector<int64_t> shape, uint64_t seed)
      : name_(std::move(name)), shape_(std::move(shape)), seed_(seed) {
    for (const char c : name_) seed_ = SplitMix(seed_ ^ static_cast<unsigned char>(c));
  }

  // A norm's scale is about 1; all else is within 0.05 of 0, about as wide as trained weights are.
  absl::StatusOr<Tensor> Read() const override {
    Tensor values(DType::kF32, shape_);
    const float centre = absl::EndsWithIgnoreCase(name_, "norm.weight") ? 1.0f : 0.0f;
    uint64_t counter = seed_;
    for (float& value : values.mutable_data<float>()) {
      const float unit = static_cast<float>(static_cast<int32_t>(SplitMix(++counter) >> 32)) * 0x1p-31f;  // [-1, 1]
      value = centre + 0.05f * unit;
    }
    return values;
  }
  std::string text() const override { return absl::StrCat("\"", name_, "\""); }

 private:
  const std::string name_;
  const std::vector<int64_t> shape_;
  uint64_t seed_;
};

class RandomWeightSource : public WeightSource {
 public:
  explicit RandomWeightSource(uint64_t seed) : seed_(seed) {}

  bool Has(absl::string_view name) const override { return true; }
  absl::StatusOr<std::shared_ptr<const ConstantSource>> Get(absl::string_view name,
                                                            const std::vector<NamedSize>& shape) const override {
    return std::make_shared<RandomConstant>(std::string(name), Sizes(shape), seed_);
  }

 private:
  const uint64_t seed_;
};

}  // namespace

std::unique_ptr<WeightSource> StoredWeights(std::shared_ptr<const Weights> weights) {
  return std::make_unique<StoredWeightSource>(std::move(weights));
}

std::unique_ptr<WeightSource> RandomWeights(uint64_t seed) { return std::make_unique<RandomWeightSource>(seed); }

}  // namespace lathe
