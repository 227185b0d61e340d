// The text form of a graph: stable, diffable, and read back to the same graph. docs/graph_text_form.md describes it.
//
//   graph @tiny(%ids: i32[T], %cu: i32[N+1]) -> f32[N, 2] {
//     %table  = constant f32[100, 8] "embeddings.weight"
//     %x      = embedding(%table, %ids) : f32[T, 8]
//     %first  = gather_first(%x, %cu) : f32[N, 8]
//     %w      = constant f32[2, 8] "classifier.weight"
//     %logits = linear(%first, %w) : f32[N, 2]
//     return %logits
//   }
//
// A fusion prints its body, indented, between braces after its type. "//" begins a comment.
#ifndef LATHE_ENGINE_IR_TEXT_H_
#define LATHE_ENGINE_IR_TEXT_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/ir/graph.h"

namespace lathe {

std::string Print(const Graph& graph);

// Finds the elements of a constant that a text names. Errors go up with the line in front.
using ConstantResolver =
    std::function<absl::StatusOr<std::shared_ptr<const ConstantSource>>(absl::string_view name, const Type& type)>;

// Reads a text form and verifies the graph. Without a resolver, reading a named constant's elements is an error later.
// Errors: INVALID_ARGUMENT, beginning "line:column: ".
absl::StatusOr<Graph> Parse(absl::string_view text, const ConstantResolver& resolver = nullptr);

}  // namespace lathe

#endif  // LATHE_ENGINE_IR_TEXT_H_
