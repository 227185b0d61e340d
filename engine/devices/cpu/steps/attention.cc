// attention over ragged sequences. Queries, keys and values may be columns of one merged matrix.
#include "kernels/attention/attention.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "engine/devices/cpu/steps/steps.h"

namespace lathe::cpu {
namespace {

using kernels::AttentionQueries;

AttentionQueries QueriesOf(const Node& node) {
  const std::string query = node.attributes().Word("query", "all");
  return query == "all"     ? AttentionQueries::kAll
         : query == "first" ? AttentionQueries::kFirst
                            : AttentionQueries::kLast;
}

kernels::AttentionArgs ArgsOf(const Node& node) {
  const Attributes& attributes = node.attributes();
  kernels::AttentionArgs args;
  args.heads = attributes.Int("heads");
  args.kv_heads = attributes.Int("kv_heads", args.heads);
  args.head_dim = node.type().shape[1].constant / args.heads;
  args.scale = static_cast<float>(attributes.Number("scale"));
  args.softcap = static_cast<float>(attributes.Number("softcap", 0));
  args.causal = attributes.Int("causal") != 0;
  args.window_left = attributes.Int("window_left", -1);
  args.window_right = attributes.Int("window_right", -1);
  args.queries = QueriesOf(node);
  return args;
}

// A place in the list of (sequence, group of heads that share keys), cut by cost.
struct Cut {
  int64_t sequence = 0;
  int64_t group = 0;
};

class AttentionStep final : public Step {
 public:
  AttentionStep(const kernels::Variant<kernels::AttentionFunction>& variant, const kernels::AttentionArgs& args)
      : variant_(variant), args_(args) {}

  std::string kernel() const override { return absl::StrCat("attention/", variant_.name); }
  int64_t scratch_bytes(int64_t longest) const override {
    return static_cast<int64_t>(kernels::AttentionScratchBytes(longest, args_.head_dim));
  }

  void Run(const Frame& frame, int part, int parts, void* scratch) const override {
    kernels::AttentionArgs args = args_;
    args.q = frame.ReadF32(inputs[0]);
    args.q_stride = inputs[0].stride;
    args.k = frame.ReadF32(inputs[1]);
    args.k_stride = inputs[1].stride;
    args.v = frame.ReadF32(inputs[2]);
    args.v_stride = inputs[2].stride;
    args.y = frame.WriteF32(output);
    args.y_stride = output.stride;
    args.cu_seqlens = frame.ReadI32(inputs[3]);
    const int64_t sequences = frame.extents.sequences;
    const Cut begin = CutAt(args.cu_seqlens, sequences, part, parts);
    const Cut end = CutAt(args.cu_seqlens, sequences, part + 1, parts);
    for (int64_t s = begin.sequence; s <= end.sequence && s < sequences;) {
      const int64_t first = s == begin.sequence ? begin.group : 0;
      const int64_t last = s == end.sequence ? end.group : args.kv_heads;
      // Sequences that this part does with all their heads go in one call.
      const bool whole = first == 0 && last == args.kv_heads;
      const int64_t next = whole ? std::max(s + 1, end.sequence) : s + 1;
      RunHeads(args, {s, next}, {first, last}, scratch);
      s = next;
    }
  }

  Work work(const Extents& extents) const override {
    // With the sequences all equally long; per query and key two dot products of head_dim, multiply and add.
    const double sequences = static_cast<double>(std::max<int64_t>(extents.sequences, 1));
    const double keys = static_cast<double>(extents.tokens) / sequences;
    const double queries = static_cast<double>(output.rows.Evaluate(extents));
    return {4 * queries * keys * static_cast<double>(args_.heads * args_.head_dim), TouchedBytes(*this, extents)};
  }

 private:
  void RunHeads(const kernels::AttentionArgs& args, Range sequences, Range groups, void* scratch) const {
    if (groups.size() <= 0) return;
    const int64_t heads_per_group = args.heads / args.kv_heads;
    kernels::AttentionRange range;
    range.sequence_begin = sequences.begin;
    range.sequence_end = sequences.end;
    range.head_begin = groups.begin * heads_per_group;
    range.head_end = groups.end * heads_per_group;
    variant_.run(args, range, scratch);
  }

  int64_t CostOf(int64_t length) const { return args_.queries == AttentionQueries::kAll ? length * length : length; }

  // Where part `part` begins, so that every part costs about the same.
  Cut CutAt(const int32_t* cu_seqlens, int64_t sequences, int part, int parts) const {
    if (part == 0) return {0, 0};
    if (part == parts) return {sequences, 0};
    int64_t total = 0;
    for (int64_t s = 0; s < sequences; ++s) total += CostOf(cu_seqlens[s + 1] - cu_seqlens[s]);
    int64_t target = total * args_.kv_heads / parts * part;
    for (int64_t s = 0; s < sequences; ++s) {
      const int64_t per_group = CostOf(cu_seqlens[s + 1] - cu_seqlens[s]);
      if (target < per_group * args_.kv_heads) return {s, target / per_group};
      target -= per_group * args_.kv_heads;
    }
    return {sequences, 0};
  }

  const kernels::Variant<kernels::AttentionFunction>& variant_;
  const kernels::AttentionArgs args_;
};

}  // namespace

std::unique_ptr<Step> MakeAttentionStep(const StepRequest& request) {
  if (request.node.op() != Op::kAttention) return nullptr;
  return std::make_unique<AttentionStep>(ChooseVariant("attention", kernels::AttentionVariants(), request.candidates),
                                         ArgsOf(request.node));
}

}  // namespace lathe::cpu
