#include "engine/models/config_reader.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/status_macros.h"

namespace lathe {
namespace {

struct ActivationName {
  absl::string_view name;
  Activation activation;
};

// transformers' names for the functions that Lathe has. gelu_new, gelu_fast and gelu_pytorch_tanh are one formula.
// Source: transformers, activations.py, ACT2CLS.
constexpr ActivationName kActivations[] = {
    {"gelu", Activation::kGelu},
    {"gelu_python", Activation::kGelu},
    {"gelu_new", Activation::kGeluTanh},
    {"gelu_fast", Activation::kGeluTanh},
    {"gelu_pytorch_tanh", Activation::kGeluTanh},
    {"gelu_python_tanh", Activation::kGeluTanh},
    {"relu", Activation::kRelu},
    {"silu", Activation::kSilu},
    {"swish", Activation::kSilu},
    {"tanh", Activation::kTanh},
};

std::string Wanted(Range range) { return absl::StrCat("an integer from ", range.minimum, " to ", range.maximum); }

}  // namespace

absl::Status ConfigReader::Invalid(absl::string_view key, absl::string_view got, absl::string_view wanted) const {
  return absl::InvalidArgumentError(absl::StrCat(path_, ": ", key, ": got ", got, ", wanted ", wanted));
}

absl::Status ConfigReader::Unsupported(absl::string_view key, absl::string_view got, absl::string_view wanted) const {
  return absl::UnimplementedError(absl::StrCat(path_, ": ", key, ": got ", got, ", supported is ", wanted));
}

const JsonValue* ConfigReader::Find(absl::string_view key) const {
  const JsonValue* value = root_.Find(key);
  return value == nullptr || value->is_null() ? nullptr : value;
}

absl::StatusOr<int64_t> ConfigReader::Integer(absl::string_view key, Range range) const {
  const JsonValue* value = Find(key);
  if (value == nullptr) return Invalid(key, "nothing", Wanted(range));
  const std::optional<int64_t> number = value->integer();
  if (!number || *number < range.minimum || *number > range.maximum) {
    return Invalid(key, value->Describe(), Wanted(range));
  }
  return *number;
}

absl::StatusOr<std::string> ConfigReader::String(absl::string_view key) const {
  const JsonValue* value = Find(key);
  if (value == nullptr || value->string() == nullptr) {
    return Invalid(key, value == nullptr ? "nothing" : value->Describe(), "a string");
  }
  return *value->string();
}

absl::StatusOr<int64_t> ConfigReader::IntegerOr(absl::string_view key, Range range, int64_t otherwise) const {
  if (Find(key) == nullptr) return otherwise;
  return Integer(key, range);
}

absl::StatusOr<std::string> ConfigReader::StringOr(absl::string_view key, absl::string_view otherwise) const {
  if (Find(key) == nullptr) return std::string(otherwise);
  return String(key);
}

absl::StatusOr<bool> ConfigReader::BoolOr(absl::string_view key, bool otherwise) const {
  const JsonValue* value = Find(key);
  if (value == nullptr) return otherwise;
  if (!value->boolean()) return Invalid(key, value->Describe(), "true or false");
  return *value->boolean();
}

absl::StatusOr<double> ConfigReader::EpsilonOr(absl::string_view key, double otherwise) const {
  const JsonValue* value = Find(key);
  if (value == nullptr) return otherwise;
  const std::optional<double> number = value->number();
  // Below 1e-30 an epsilon would vanish beside any f32 variance, and is a slip.
  if (!number || !(*number >= 1e-30 && *number <= 1)) {
    return Invalid(key, value->Describe(), "a number from 1e-30 to 1");
  }
  return *number;
}

absl::StatusOr<Activation> ConfigReader::ActivationOr(absl::string_view key, Activation otherwise) const {
  if (Find(key) == nullptr) return otherwise;
  ASSIGN_OR_RETURN(const std::string name, String(key));
  for (const ActivationName& row : kActivations) {
    if (row.name == name) return row.activation;
  }
  const std::string known = absl::StrJoin(
      kActivations, ", ", [](std::string* out, const ActivationName& row) { absl::StrAppend(out, row.name); });
  return Unsupported(key, Quoted(name), known);
}

absl::Status ConfigReader::RefuseTrue(absl::string_view key) const {
  ASSIGN_OR_RETURN(const bool on, BoolOr(key, false));
  return on ? Unsupported(key, "true", "false") : absl::OkStatus();
}

absl::Status ConfigReader::RefuseAny(absl::string_view key) const {
  const JsonValue* value = Find(key);
  if (value == nullptr) return absl::OkStatus();
  const bool empty = (value->array() && value->array()->empty()) || (value->object() && value->object()->empty());
  return empty ? absl::OkStatus() : Unsupported(key, value->Describe(), "none");
}

}  // namespace lathe
