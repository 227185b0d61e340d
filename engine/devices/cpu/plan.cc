#include "engine/devices/cpu/plan.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/base/stopwatch.h"
#include "engine/devices/cpu/separable.h"
#include "engine/devices/cpu/steps/steps.h"
#include "engine/devices/cpu/views.h"
#include "engine/passes/canonical_form.h"
#include "engine/passes/pipeline.h"
#include "engine/passes/unfuse.h"
#include "engine/runtime/memory_plan.h"

namespace lathe::cpu {
namespace {

// Beginnings of constants: a cache line, and a full vector register.
constexpr int64_t kConstantAlignment = 64;

int64_t RoundUp(int64_t bytes) { return (bytes + kConstantAlignment - 1) / kConstantAlignment * kConstantAlignment; }

// What a family is matched by: the op with a letter for each input, or what a fusion holds.
std::string FormOf(const Node& node) {
  if (node.body() != nullptr) return CanonicalForm(*node.body());
  std::string form = absl::StrCat(Name(node.op()), "(");
  for (size_t i = 0; i < node.inputs().size(); ++i) {
    absl::StrAppend(&form, i == 0 ? "" : ", ", std::string(1, static_cast<char>('a' + i % 26)));
  }
  return absl::StrCat(form, ")");
}

// Compiles one graph; each method is a stage.
class Compiler {
 public:
  Compiler(const Graph& graph, const CompileOptions& options) : options_(options), plan_(std::make_unique<Plan>()) {
    plan_->graph = graph.Clone();
  }

  absl::StatusOr<std::unique_ptr<Plan>> Compile() {
    RETURN_IF_ERROR(RunPasses());
    RETURN_IF_ERROR(Stage("select_kernels", [&] { return SelectKernels(); }));
    RETURN_IF_ERROR(Stage("plan_memory", [&] { return PlanMemory(); }));
    RETURN_IF_ERROR(Stage("pack_constants", [&] { return PackConstants(); }));
    plan_->graph.ReleaseConstants();
    for (size_t i = 0; i < plan_->graph.inputs().size(); ++i) {
      if (plan_->graph.inputs()[i]->type() == Type{DType::kI32, {Dim::N() + 1}}) plan_->cu_seqlens_inputs.push_back(i);
    }
    plan_->id_limits = FindIdLimits(plan_->graph);
    plan_->separable = IsSeparable(plan_->graph);
    return std::move(plan_);
  }

 private:
  template <typename Body>
  absl::Status Stage(const std::string& name, Body body) {
    const Stopwatch stopwatch;
    RETURN_IF_ERROR(Annotate(body(), name));
    plan_->stages.push_back({name, stopwatch.seconds(), false, ""});
    return absl::OkStatus();
  }

  absl::Status RunPasses() {
    PassOptions options;
    options.disabled = options_.disabled_passes;
    options.dump = options_.keep_texts;
    ASSIGN_OR_RETURN(const std::vector<PassRecord> records, StandardPipeline().Run(plan_->graph, options));
    for (const PassRecord& record : records) {
      plan_->stages.push_back({record.name, record.seconds, record.changed, record.graph});
    }
    return absl::OkStatus();
  }

  // A fusion that no family computes is taken apart, and its nodes are looked at instead.
  absl::Status SelectKernels() {
    for (bool again = true; again;) {
      again = false;
      plan_->steps.clear();
      for (Node* node : plan_->graph.nodes()) {
        if (node->op() == Op::kInput || node->op() == Op::kConstant || IsView(*node)) continue;
        ASSIGN_OR_RETURN(const bool selected, SelectKernel(*node));
        if (selected) continue;
        RETURN_IF_ERROR(Unfuse(plan_->graph, node));
        again = true;
        break;
      }
    }
    return absl::OkStatus();
  }

  absl::StatusOr<bool> SelectKernel(const Node& node) {
    PlannedStep planned;
    planned.record.value = absl::StrCat("%", node.name());
    planned.record.type = node.type().ToString();
    planned.record.form = FormOf(node);
    for (const StepFamily& family : StepFamilies()) {
      planned.step = family.make({node, planned.record.form, &planned.record.candidates});
      if (planned.step == nullptr) continue;
      step_of_[&node] = plan_->steps.size();
      plan_->steps.push_back(std::move(planned));
      return true;
    }
    if (node.op() == Op::kFusion) return false;
    return absl::InternalError(absl::StrCat("no kernel for ", planned.record.form));
  }

  absl::Status PlanMemory() {
    std::vector<const Node*> nodes;  // One per step, in order.
    for (const Node* node : plan_->graph.nodes()) {
      if (step_of_.count(node) != 0) nodes.push_back(node);
    }
    std::vector<ArenaValue> values;
    for (size_t i = 0; i < nodes.size(); ++i) {
      const int step = static_cast<int>(i);
      values.push_back(
          {ElementCount(nodes[i]->type().shape) * SizeOf(nodes[i]->type().dtype), step, LastUse(nodes[i])});
    }
    for (size_t i = 0; i < nodes.size(); ++i) values[i].in_place_of = InPlaceOf(*nodes[i], static_cast<int>(i), values);
    const ArenaPlan arena = PlanArena(values);
    plan_->arena_bytes = arena.bytes;
    for (size_t i = 0; i < nodes.size(); ++i) {
      Operand operand = DenseOperand(nodes[i]->type());
      operand.place = Operand::Place::kArena;
      operand.offset = arena.offsets[i];
      operands_[nodes[i]] = operand;
      plan_->steps[i].step->output = operand;
    }
    return absl::OkStatus();
  }

  // The last step that reads the memory of `node`, through views too; an output is read after the last.
  int LastUse(const Node* node) const {
    int last = static_cast<int>(step_of_.at(node));
    for (const Node* user : plan_->graph.nodes()) {
      const auto step = step_of_.find(user);
      if (step == step_of_.end()) continue;
      for (const Node* input : user->inputs()) {
        if (BaseOf(input) == node) last = std::max(last, static_cast<int>(step->second));
      }
    }
    for (const Node* output : plan_->graph.outputs()) {
      if (BaseOf(output) == node) last = static_cast<int>(plan_->steps.size());
    }
    return last;
  }

  // The step whose result this step may write over: the value is read here for the last time, once, whole and as it
  // lies.
  int InPlaceOf(const Node& node, int step, const std::vector<ArenaValue>& values) const {
    for (size_t i = 0; i < node.inputs().size(); ++i) {
      const Node* input = node.input(i);
      const auto producer = step_of_.find(input);
      if (producer == step_of_.end() || input->type() != node.type()) continue;
      if (!plan_->steps[static_cast<size_t>(step)].step->MayOverwrite(i)) continue;
      int reads = 0;
      for (const Node* other : node.inputs()) reads += BaseOf(other) == input ? 1 : 0;
      if (reads == 1 && values[producer->second].last == step) return static_cast<int>(producer->second);
    }
    return -1;
  }

  // Constants that some step reads as they are, in the order of first use.
  std::vector<const Node*> PlainConstants() const {
    std::vector<const Node*> constants;
    std::set<const Node*> seen;
    const auto add = [&](const Node* node) {
      const Node* base = BaseOf(node);
      if (base->op() == Op::kConstant && seen.insert(base).second) constants.push_back(base);
    };
    for (const Node* node : plan_->graph.nodes()) {
      const auto step = step_of_.find(node);
      if (step == step_of_.end()) continue;
      for (size_t i = 0; i < node->inputs().size(); ++i) {
        if (!plan_->steps[step->second].step->Packs(i)) add(node->input(i));
      }
    }
    for (const Node* output : plan_->graph.outputs()) add(output);
    return constants;
  }

  static int64_t BytesOf(const Node* constant) {
    return ElementCount(constant->type().shape).constant * SizeOf(constant->type().dtype);
  }

  absl::Status PackConstants() {
    const std::vector<const Node*> plain = PlainConstants();
    int64_t bytes = 0;
    for (const Node* constant : plain) bytes += RoundUp(BytesOf(constant));
    for (const PlannedStep& planned : plan_->steps) plan_->packed_bytes += RoundUp(planned.step->packed_bytes());
    bytes += plan_->packed_bytes;
    ASSIGN_OR_RETURN(plan_->constants, PageBuffer::Allocate(bytes));
    char* next = plan_->constants->data();
    for (const Node* constant : plain) {
      ASSIGN_OR_RETURN(const Tensor tensor, Annotate(constant->source()->Read(), constant->source()->text()));
      std::memcpy(next, tensor.bytes(), static_cast<size_t>(BytesOf(constant)));
      Operand operand = DenseOperand(constant->type());
      operand.place = Operand::Place::kConstant;
      operand.constant = next;
      operands_[constant] = operand;
      next += RoundUp(BytesOf(constant));
    }
    for (PlannedStep& planned : plan_->steps) {
      RETURN_IF_ERROR(Annotate(planned.step->Pack(next), planned.record.value));
      next += RoundUp(planned.step->packed_bytes());
    }
    return BindOperands();
  }

  absl::Status BindOperands() {
    for (size_t i = 0; i < plan_->graph.inputs().size(); ++i) {
      Operand operand = DenseOperand(plan_->graph.inputs()[i]->type());
      operand.place = Operand::Place::kInput;
      operand.input = i;
      operands_[plan_->graph.inputs()[i]] = operand;
    }
    for (const Node* node : plan_->graph.nodes()) {
      const auto found = step_of_.find(node);
      if (found == step_of_.end()) continue;
      Step& step = *plan_->steps[found->second].step;
      for (const Node* input : node->inputs()) {
        const auto base = operands_.find(BaseOf(input));
        // A constant that is packed has no operand of its own.
        step.inputs.push_back(base != operands_.end() ? ViewOf(input, base->second) : DenseOperand(input->type()));
      }
    }
    for (const Node* output : plan_->graph.outputs()) {
      plan_->outputs.push_back(ViewOf(output, operands_.at(BaseOf(output))));
    }
    return absl::OkStatus();
  }

  const CompileOptions& options_;
  std::unique_ptr<Plan> plan_;
  std::map<const Node*, size_t> step_of_;
  std::map<const Node*, Operand> operands_;
};

}  // namespace

int64_t Plan::scratch_bytes(int64_t longest) const {
  int64_t most = 0;
  for (const PlannedStep& planned : steps) most = std::max(most, planned.step->scratch_bytes(longest));
  return RoundUp(most);
}

absl::StatusOr<std::unique_ptr<Plan>> MakePlan(const Graph& graph, const CompileOptions& options) {
  return Compiler(graph, options).Compile();
}

}  // namespace lathe::cpu
