// The op table: what engine/ir/ops.def says of each op, and its functions from engine/ir/ops/.
#ifndef LATHE_ENGINE_IR_OP_H_
#define LATHE_ENGINE_IR_OP_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/ir/attributes.h"
#include "engine/ir/tensor.h"
#include "engine/ir/type.h"

namespace lathe {

enum class Op : uint8_t {
#define LATHE_OP(enumerator, name, least, most, attributes, traits) k##enumerator,
#include "engine/ir/ops.def"
#undef LATHE_OP
};

enum class OpTrait : uint8_t { kNone, kLeaf, kElementwise, kRowWise, kRagged };

enum class AttributeKind : uint8_t { kInt, kNumber, kWord, kShape };

struct AttributeSpec {
  std::string name;
  AttributeKind kind;
  bool required;
};

// What a shape rule sees.
struct InferenceContext {
  absl::Span<const Type> inputs;
  const Attributes& attributes;
};

// What a reference evaluation sees: inputs whose types fit the op.
struct EvaluationContext {
  absl::Span<const Tensor> inputs;
  const Attributes& attributes;
  Extents extents;
};

struct OpInfo {
  absl::string_view name;
  size_t inputs_min;
  size_t inputs_max;
  std::vector<AttributeSpec> attributes;
  OpTrait trait;
  // Checks inputs and attributes and gives the type of the result. Errors: INVALID_ARGUMENT, saying got and wanted.
  absl::StatusOr<Type> (*infer)(const InferenceContext&);
  // Computes the result plainly, in f32 with wider sums: the oracle for every kernel and every pass.
  // Errors: INVALID_ARGUMENT where the values themselves are wrong (an id outside its table).
  absl::StatusOr<Tensor> (*evaluate)(const EvaluationContext&);
};

const OpInfo& Info(Op op);
absl::string_view Name(Op op);
std::optional<Op> ParseOp(absl::string_view name);
std::vector<Op> AllOps();

bool IsElementwise(Op op);
// Whether each row of the result is computed from the same row of the inputs alone (elementwise ops included).
bool IsRowWise(Op op);

// Checks the number of inputs and the names and kinds of the attributes against the table.
absl::Status CheckSignature(Op op, size_t input_count, const Attributes& attributes);

// Checks the signature, runs the shape rule and checks the type that it gives (CheckType).
absl::StatusOr<Type> InferType(Op op, absl::Span<const Type> inputs, const Attributes& attributes);

}  // namespace lathe

#endif  // LATHE_ENGINE_IR_OP_H_
