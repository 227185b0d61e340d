#include "engine/models/weight_scope.h"

#include <utility>

#include "absl/status/statusor.h"

namespace lathe {

std::string WeightScope::Join(absl::string_view name) const {
  return prefix_.empty() ? std::string(name) : absl::StrCat(prefix_, ".", name);
}

WeightScope WeightScope::Body(absl::string_view prefix, absl::string_view probe) const {
  const WeightScope inner = *this / prefix;
  return !source_->Has(inner.Join(probe)) && source_->Has(Join(probe)) ? *this : inner;
}

Value WeightScope::Get(absl::string_view name, const std::vector<NamedSize>& shape) const {
  absl::StatusOr<std::shared_ptr<const ConstantSource>> source = source_->Get(Join(name), shape);
  if (!source.ok()) {
    builder_->Fail(source.status());
    return nullptr;
  }
  Type type{DType::kF32, {}};
  for (const NamedSize& size : shape) type.shape.push_back(size.value);
  return builder_->Constant(std::move(type), *std::move(source));
}

Value WeightScope::Linear(absl::string_view name, Value x, NamedSize out, NamedSize in, CallSite site) const {
  const WeightScope linear = *this / name;
  const Value weight = linear.Get("weight", {out, in});
  const Value bias = linear.Get("bias", {out});
  return builder_->Linear(x, weight, bias, site);
}

Value WeightScope::LayerNorm(absl::string_view name, Value x, NamedSize width, double epsilon, CallSite site) const {
  const WeightScope norm = *this / name;
  const Value gamma = norm.Get("weight", {width});
  const Value beta = norm.Get("bias", {width});
  return builder_->LayerNorm(x, gamma, beta, epsilon, site);
}

Value WeightScope::Embedding(absl::string_view name, Value ids, NamedSize rows, NamedSize width, CallSite site) const {
  return builder_->Embedding((*this / name).Get("weight", {rows, width}), ids, site);
}

}  // namespace lathe
