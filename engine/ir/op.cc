#include "engine/ir/op.h"

#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "engine/base/status_macros.h"
#include "engine/ir/ops/ops.h"

namespace lathe {
namespace {

// Reads one "name: kind" or "name: kind = value" of ops.def.
AttributeSpec ParseSpec(absl::string_view text) {
  const std::pair<absl::string_view, absl::string_view> halves = absl::StrSplit(text, absl::MaxSplits(": ", 1));
  const std::pair<absl::string_view, absl::string_view> kind = absl::StrSplit(halves.second, absl::MaxSplits(" = ", 1));
  AttributeSpec spec;
  spec.name = std::string(absl::StripAsciiWhitespace(halves.first));
  spec.kind = kind.first == "int"      ? AttributeKind::kInt
              : kind.first == "number" ? AttributeKind::kNumber
              : kind.first == "word"   ? AttributeKind::kWord
                                       : AttributeKind::kShape;
  spec.required = kind.second.empty();
  return spec;
}

std::vector<AttributeSpec> ParseSpecs(absl::string_view text) {
  std::vector<AttributeSpec> specs;
  for (absl::string_view part : absl::StrSplit(text, ", ", absl::SkipWhitespace())) specs.push_back(ParseSpec(part));
  return specs;
}

const std::vector<OpInfo>& Table() {
  using enum OpTrait;
  static const auto* table = new std::vector<OpInfo>{
#define LATHE_OP(enumerator, name, least, most, attributes, trait) \
  {#name, least, most, ParseSpecs(attributes), trait, Infer##enumerator, Evaluate##enumerator},
#include "engine/ir/ops.def"
#undef LATHE_OP
  };
  return *table;
}

bool HasKind(const Attribute& attribute, AttributeKind kind) {
  switch (kind) {
    case AttributeKind::kInt:
      return std::holds_alternative<int64_t>(attribute);
    case AttributeKind::kNumber:
      return std::holds_alternative<double>(attribute) || std::holds_alternative<int64_t>(attribute);
    case AttributeKind::kWord:
      return std::holds_alternative<std::string>(attribute);
    case AttributeKind::kShape:
      return std::holds_alternative<Shape>(attribute);
  }
  return false;
}

absl::string_view Name(AttributeKind kind) {
  constexpr absl::string_view kNames[] = {"an integer", "a number", "a word", "a shape"};
  return kNames[static_cast<size_t>(kind)];
}

absl::Status CheckAttribute(const AttributeSpec& spec, const Attribute& attribute) {
  const double* number = std::get_if<double>(&attribute);
  const bool finite = number == nullptr || std::isfinite(*number);
  if (HasKind(attribute, spec.kind) && finite) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("attribute ", spec.name, ": got ", ToString(attribute), ", wanted ",
                                                 finite ? Name(spec.kind) : "a finite number"));
}

absl::Status CheckAttributes(const OpInfo& info, const Attributes& attributes) {
  for (const AttributeSpec& spec : info.attributes) {
    const auto found = attributes.values().find(spec.name);
    if (found == attributes.values().end()) {
      if (spec.required) return absl::InvalidArgumentError(absl::StrCat("attribute ", spec.name, " is missing"));
    } else {
      RETURN_IF_ERROR(CheckAttribute(spec, found->second));
    }
  }
  for (const auto& [name, value] : attributes.values()) {
    bool known = false;
    for (const AttributeSpec& spec : info.attributes) known = known || spec.name == name;
    if (!known) return absl::InvalidArgumentError(absl::StrCat("unknown attribute ", name));
  }
  return absl::OkStatus();
}

absl::Status CheckInputCount(const OpInfo& info, size_t count) {
  if (count >= info.inputs_min && count <= info.inputs_max) return absl::OkStatus();
  std::string wanted = absl::StrCat(info.inputs_min);
  if (info.inputs_max != info.inputs_min) absl::StrAppend(&wanted, " to ", info.inputs_max);
  return absl::InvalidArgumentError(absl::StrCat("got ", count, " inputs, wanted ", wanted));
}

}  // namespace

const OpInfo& Info(Op op) { return Table()[static_cast<size_t>(op)]; }
absl::string_view Name(Op op) { return Info(op).name; }

std::optional<Op> ParseOp(absl::string_view name) {
  for (Op op : AllOps()) {
    if (Name(op) == name) return op;
  }
  return std::nullopt;
}

std::vector<Op> AllOps() {
  return {
#define LATHE_OP(enumerator, name, least, most, attributes, traits) Op::k##enumerator,
#include "engine/ir/ops.def"
#undef LATHE_OP
  };
}

bool IsElementwise(Op op) { return Info(op).trait == OpTrait::kElementwise; }
bool IsRowWise(Op op) { return IsElementwise(op) || Info(op).trait == OpTrait::kRowWise; }

absl::Status CheckSignature(Op op, size_t input_count, const Attributes& attributes) {
  const OpInfo& info = Info(op);
  RETURN_IF_ERROR(Annotate(CheckInputCount(info, input_count), info.name));
  return Annotate(CheckAttributes(info, attributes), info.name);
}

absl::StatusOr<Type> InferType(Op op, absl::Span<const Type> inputs, const Attributes& attributes) {
  const OpInfo& info = Info(op);
  RETURN_IF_ERROR(CheckSignature(op, inputs.size(), attributes));
  ASSIGN_OR_RETURN(Type type, Annotate(info.infer({inputs, attributes}), info.name));
  RETURN_IF_ERROR(Annotate(CheckType(type), info.name));
  return type;
}

}  // namespace lathe
