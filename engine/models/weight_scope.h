// Tensors under a name prefix, as constants of the graph that is being built.
//
//   const WeightScope layer = weights / "encoder.layer" / 3;
//   Value y = layer.Linear("output.dense", x, out, in);  // bert.encoder.layer.3.output.dense.weight, and .bias
//
// An error (a tensor missing or misshapen) goes to the builder, which returns the first when it finishes.
#ifndef LATHE_ENGINE_MODELS_WEIGHT_SCOPE_H_
#define LATHE_ENGINE_MODELS_WEIGHT_SCOPE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "engine/ir/builder.h"
#include "engine/models/weight_source.h"

namespace lathe {

// Two borrowed pointers and a prefix: the builder and the source outlive it.
class WeightScope {
 public:
  WeightScope(GraphBuilder& builder, const WeightSource& source) : builder_(&builder), source_(&source) {}

  // The scope one name further in.
  WeightScope operator/(absl::string_view name) const { return WeightScope(*this, Join(name)); }
  WeightScope operator/(int64_t index) const { return *this / absl::StrCat(index); }

  // `*this / prefix` if the checkpoint has `probe` there, else *this if it has it here, else `*this / prefix`: a body
  // may be saved by itself, without the name that the whole model gives it.
  WeightScope Body(absl::string_view prefix, absl::string_view probe) const;

  // The constant of that name.
  Value Get(absl::string_view name, const std::vector<NamedSize>& shape) const;

  // y = x weight^T + bias, with `name`.weight f32[out, in] and `name`.bias f32[out].
  Value Linear(absl::string_view name, Value x, NamedSize out, NamedSize in, CallSite site = CallSite::Here()) const;
  // With `name`.weight and `name`.bias, both f32[width].
  Value LayerNorm(absl::string_view name, Value x, NamedSize width, double epsilon,
                  CallSite site = CallSite::Here()) const;
  // The rows of `name`.weight f32[rows, width] that `ids` names.
  Value Embedding(absl::string_view name, Value ids, NamedSize rows, NamedSize width,
                  CallSite site = CallSite::Here()) const;

  GraphBuilder& builder() const { return *builder_; }

 private:
  WeightScope(const WeightScope& other, std::string prefix)
      : builder_(other.builder_), source_(other.source_), prefix_(std::move(prefix)) {}
  std::string Join(absl::string_view name) const;

  GraphBuilder* builder_;
  const WeightSource* source_;
  std::string prefix_;
};

}  // namespace lathe

#endif  // LATHE_ENGINE_MODELS_WEIGHT_SCOPE_H_
