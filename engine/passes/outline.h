// Moves a region of a graph into the body of a fusion: the mechanics that every fusion shares, and its legality.
#ifndef LATHE_ENGINE_PASSES_OUTLINE_H_
#define LATHE_ENGINE_PASSES_OUTLINE_H_

#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/ir/graph.h"
#include "engine/passes/readers.h"

namespace lathe {

// What becomes of an outside value that the region reads in several places.
enum class InputSharing {
  kPerUse,  // Each place has an input of its own, so that a body does not depend on which values happen to be the same.
  kShared,  // One input, loaded once.
};

// Whether members[0], the root, can stand for all: every other member is read by members alone, and the body would have
// from 1 to 64 inputs. Such a region is convex: a path that leaves it leaves from the root.
bool CanOutline(absl::Span<Node* const> members, const Readers& readers);

// Puts a fusion in the place of the region and returns it. The body is canonical: it depends on what the region
// computes and not on the graph around it. Of add and mul, the operand with more members under it comes first; inputs
// are letters in the order in which they are read; scalar literals are part of the body, every other constant is an
// input. The members are dead after; Clean removes them. Requires: CanOutline.
absl::StatusOr<Node*> Outline(absl::Span<Node* const> members, absl::string_view kind, InputSharing sharing,
                              Graph& graph);

}  // namespace lathe

#endif  // LATHE_ENGINE_PASSES_OUTLINE_H_
