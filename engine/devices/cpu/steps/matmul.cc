// linear and the fusions around it: bias, activation and residual in the epilogue of one matmul.
#include "kernels/matmul/matmul.h"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/devices/cpu/steps/steps.h"

namespace lathe::cpu {
namespace {

using kernels::MatmulActivation;

// What a form asks of the kernel. Inputs are x, weight, then bias and residual where there are such.
struct MatmulForm {
  MatmulActivation activation = MatmulActivation::kNone;
  bool has_bias = false;
  bool has_residual = false;
};

struct ActivationRow {
  absl::string_view op;
  MatmulActivation activation;
};
constexpr ActivationRow kActivations[] = {
    {"relu", MatmulActivation::kRelu}, {"gelu", MatmulActivation::kGelu}, {"gelu_tanh", MatmulActivation::kGeluTanh},
    {"silu", MatmulActivation::kSilu}, {"tanh", MatmulActivation::kTanh}, {"sigmoid", MatmulActivation::kSigmoid},
};

// Every form that an epilogue covers, by its canonical text.
const std::map<std::string, MatmulForm>& Forms() {
  static const auto* forms = [] {
    auto* map = new std::map<std::string, MatmulForm>;
    for (const bool has_bias : {false, true}) {
      const std::string linear = has_bias ? "linear(a, b, c)" : "linear(a, b)";
      const std::string residual = has_bias ? "d" : "c";
      const auto add = [&](const std::string& text, MatmulActivation activation) {
        (*map)[text] = {activation, has_bias, false};
        (*map)[absl::StrCat("add(", text, ", ", residual, ")")] = {activation, has_bias, true};
      };
      add(linear, MatmulActivation::kNone);
      for (const ActivationRow& row : kActivations) add(absl::StrCat(row.op, "(", linear, ")"), row.activation);
    }
    return map;
  }();
  return *forms;
}

// How many ways rows and columns are cut so that `parts` threads share them: the cut whose largest piece is smallest,
// columns first, since then no two threads read the same weights.
struct Grid {
  int row_parts = 1;
  int column_parts = 1;
};

Grid ChooseGrid(int64_t rows, int64_t tiles, int parts) {
  Grid best;
  int64_t best_cost = rows * tiles + 1;
  for (int row_parts = 1; row_parts <= parts; ++row_parts) {
    if (parts % row_parts != 0) continue;
    const int column_parts = parts / row_parts;
    const int64_t cost = ((rows + row_parts - 1) / row_parts) * ((tiles + column_parts - 1) / column_parts);
    if (cost < best_cost) {
      best = {row_parts, column_parts};
      best_cost = cost;
    }
  }
  return best;
}

class MatmulStep final : public Step {
 public:
  MatmulStep(const kernels::MatmulCandidate& candidate, const kernels::MatmulProblem& problem, const MatmulForm& form,
             const Node* weight)
      : candidate_(candidate), problem_(problem), form_(form), weight_(weight) {}

  std::string kernel() const override { return absl::StrCat("matmul/", candidate_.name); }
  bool Packs(size_t i) const override { return i == 1; }
  int64_t packed_bytes() const override { return candidate_.packed_bytes(problem_); }

  absl::Status Pack(void* memory) override {
    ASSIGN_OR_RETURN(const Tensor weight, weight_->source()->Read());
    prepared_ = candidate_.prepare(problem_, weight.data<float>().data(), memory);
    if (prepared_ != nullptr) return absl::OkStatus();
    return absl::InternalError(absl::StrCat(kernel(), " could not be built for ", problem_.n, " x ", problem_.k));
  }

  int64_t scratch_bytes(int64_t) const override { return prepared_->scratch_bytes(); }
  bool MayOverwrite(size_t i) const override { return form_.has_residual && i == residual_input(); }

  void Run(const Frame& frame, int part, int parts, void* scratch) const override {
    const int64_t rows = frame.Rows(output);
    const int64_t tile = prepared_->column_tile();
    const Grid grid = ChooseGrid(rows, (problem_.n + tile - 1) / tile, parts);
    const Range row_share = ShareOf(rows, 1, part / grid.column_parts, grid.row_parts);
    const Range columns = ShareOf(problem_.n, tile, part % grid.column_parts, grid.column_parts);
    if (row_share.size() == 0 || columns.size() == 0) return;
    kernels::MatmulArgs args;
    args.rows = row_share.size();
    args.x_stride = inputs[0].stride;
    args.x = frame.ReadF32(inputs[0]) + row_share.begin * args.x_stride;
    args.y_stride = output.stride;
    args.y = frame.WriteF32(output) + row_share.begin * args.y_stride;
    args.column_begin = columns.begin;
    args.column_end = columns.end;
    if (form_.has_bias) args.bias = frame.ReadF32(inputs[2]);
    if (form_.has_residual) {
      const Operand& residual = inputs[residual_input()];
      args.residual_stride = residual.stride;
      args.residual = frame.ReadF32(residual) + row_share.begin * residual.stride;
    }
    args.scratch = scratch;
    prepared_->Run(args);
  }

  Work work(const Extents& extents) const override {
    const double rows = static_cast<double>(output.rows.Evaluate(extents));
    return {2 * rows * static_cast<double>(problem_.n) * static_cast<double>(problem_.k), TouchedBytes(*this, extents)};
  }

 private:
  size_t residual_input() const { return form_.has_bias ? 3 : 2; }

  const kernels::MatmulCandidate& candidate_;
  const kernels::MatmulProblem problem_;
  const MatmulForm form_;
  const Node* const weight_;
  std::unique_ptr<kernels::PreparedMatmul> prepared_;
};

}  // namespace

std::unique_ptr<Step> MakeMatmulStep(const StepRequest& request) {
  const auto found = Forms().find(request.form);
  if (found == Forms().end()) return nullptr;
  const MatmulForm& form = found->second;
  const Node* weight = request.node.input(1);
  if (weight->op() != Op::kConstant) {
    request.candidates->push_back({"matmul", "the weight is not a constant"});
    return nullptr;
  }
  const size_t residual = form.has_bias ? 3 : 2;
  if (form.has_residual && request.node.input(residual)->type() != request.node.type()) {
    request.candidates->push_back({"matmul", "the residual is broadcast"});
    return nullptr;
  }
  kernels::MatmulProblem problem;
  problem.n = weight->type().shape[0].constant;
  problem.k = weight->type().shape[1].constant;
  problem.activation = form.activation;
  problem.has_bias = form.has_bias;
  for (const kernels::MatmulCandidate& candidate : kernels::MatmulCandidates()) {
    const char* refusal = kernels::Refusal(candidate, problem);
    request.candidates->push_back({absl::StrCat("matmul/", candidate.name), refusal != nullptr ? refusal : ""});
    if (refusal == nullptr) return std::make_unique<MatmulStep>(candidate, problem, form, weight);
  }
  return nullptr;
}

}  // namespace lathe::cpu
