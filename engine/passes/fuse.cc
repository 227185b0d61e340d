#include "engine/passes/fuse.h"

#include <algorithm>
#include <unordered_set>
#include <vector>

#include "engine/base/status_macros.h"
#include "engine/passes/outline.h"
#include "engine/passes/readers.h"

namespace lathe {
namespace {

constexpr size_t kEmbeddingsMax = 4;  // As many tables as the embedding kernel takes.
// Bounds the recursion over a body and its inputs: 3 for each member at most, of 64 that a fusion may have.
constexpr size_t kLoopMembersMax = 21;

// The region with this root, root first; empty if the pattern does not fit.
using Region = std::vector<Node*>;
using Match = Region (*)(Node* root, const Readers& readers);

bool Is(const Node* node, Op op) { return node->op() == op; }

bool IsActivation(const Node* node) {
  switch (node->op()) {
    case Op::kGelu:
    case Op::kGeluTanh:
    case Op::kRelu:
    case Op::kSilu:
    case Op::kTanh:
    case Op::kSigmoid:
      return true;
    default:
      return false;
  }
}

// A sum without broadcasting that one node reads.
bool IsInnerSum(const Node* node, const Readers& readers) {
  return Is(node, Op::kAdd) && readers.Sole(node) != nullptr && node->input(0)->type() == node->type() &&
         node->input(1)->type() == node->type();
}

// The tree of sums under `node` and the embeddings at its leaves.
bool CollectEmbeddings(Node* node, const Readers& readers, Region* region, size_t* embeddings) {
  region->push_back(node);
  if (Is(node, Op::kEmbedding)) return readers.Sole(node) != nullptr && ++*embeddings <= kEmbeddingsMax;
  return IsInnerSum(node, readers) && CollectEmbeddings(node->input(0), readers, region, embeddings) &&
         CollectEmbeddings(node->input(1), readers, region, embeddings);
}

Region MatchNormOfEmbeddings(Node* root, const Readers& readers) {
  if (!Is(root, Op::kLayerNorm)) return {};
  Region region = {root};
  size_t embeddings = 0;
  const bool matches = CollectEmbeddings(root->input(0), readers, &region, &embeddings);
  return matches && embeddings >= 2 ? region : Region();
}

Region MatchNormOfSum(Node* root, const Readers& readers) {
  if (!Is(root, Op::kLayerNorm) || !IsInnerSum(root->input(0), readers)) return {};
  return {root, root->input(0)};
}

// linear, or an activation of one, both read once: what stands under the last op of a contraction.
Region MatchContractionBelow(Node* node, const Readers& readers) {
  if (readers.Sole(node) == nullptr) return {};
  if (Is(node, Op::kLinear)) return {node};
  if (!IsActivation(node)) return {};
  Node* linear = node->input(0);
  if (!Is(linear, Op::kLinear) || readers.Sole(linear) == nullptr) return {};
  return {node, linear};
}

Region MatchContraction(Node* root, const Readers& readers) {
  const bool residual = Is(root, Op::kAdd) && root->input(0)->type() == root->input(1)->type();
  if (!residual && !IsActivation(root)) return {};
  for (Node* operand : root->inputs()) {
    Region region = MatchContractionBelow(operand, readers);
    if (region.empty() || (!residual && !Is(operand, Op::kLinear))) continue;
    region.insert(region.begin(), root);
    return region;
  }
  return {};
}

// Grows from the root over elementwise ops of the same shape that nobody else reads.
Region MatchLoop(Node* root, const Readers& readers) {
  if (!IsElementwise(root->op())) return {};
  Region region = {root};
  for (size_t i = 0; i < region.size(); ++i) {
    for (Node* input : region[i]->inputs()) {
      const bool joins = IsElementwise(input->op()) && input->type().shape == root->type().shape &&
                         readers.Sole(input) != nullptr && region.size() < kLoopMembersMax;
      if (joins && std::find(region.begin(), region.end(), input) == region.end()) region.push_back(input);
    }
  }
  return region.size() >= 2 ? region : Region();
}

struct FusionRow {
  absl::string_view kind;
  Match match;
  InputSharing sharing;
};

// In the order of preference: a node joins the first region that wants it.
constexpr FusionRow kFusions[] = {
    {"row", MatchNormOfEmbeddings,
     InputSharing::kPerUse},  // The largest region of its kind: no embedding is written to memory.
    {"row", MatchNormOfSum,
     InputSharing::kPerUse},  // Before contraction, which would take the sum and leave the layer_norm alone.
    {"contraction", MatchContraction, InputSharing::kPerUse},
    {"loop", MatchLoop, InputSharing::kShared},  // What is left.
};

// Outlines every region of one row. Walks from the last node, so that a region is found from its end and is as large as
// it can be.
absl::StatusOr<bool> FuseRow(const FusionRow& row, Graph& graph) {
  const Readers readers(graph);
  std::unordered_set<const Node*> taken;
  std::vector<Node*> nodes = graph.nodes();
  std::reverse(nodes.begin(), nodes.end());
  for (Node* root : nodes) {
    const Region region = row.match(root, readers);
    const auto is_taken = [&](const Node* node) { return taken.count(node) != 0; };
    if (region.empty() || std::any_of(region.begin(), region.end(), is_taken) || !CanOutline(region, readers)) continue;
    taken.insert(region.begin(), region.end());
    RETURN_IF_ERROR(Outline(region, row.kind, row.sharing, graph).status());
  }
  graph.Clean();
  return !taken.empty();
}

}  // namespace

absl::StatusOr<bool> Fuse(Graph& graph) {
  bool changed = false;
  for (const FusionRow& row : kFusions) {
    ASSIGN_OR_RETURN(const bool fused, FuseRow(row, graph));
    changed = changed || fused;
  }
  return changed;
}

}  // namespace lathe
