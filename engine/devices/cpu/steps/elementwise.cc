// Elementwise ops that stayed outside every fusion: one operand, or two with the second one given per row or for all
// rows.
#include <optional>

#include "absl/strings/str_cat.h"
#include "engine/devices/cpu/steps/steps.h"
#include "kernels/activation/activation.h"

namespace lathe::cpu {
namespace {

using kernels::BinaryOp;
using kernels::UnaryOp;

struct UnaryRow {
  Op op;
  UnaryOp kernel;
};
constexpr UnaryRow kUnary[] = {
    {Op::kNeg, UnaryOp::kNeg},   {Op::kAbs, UnaryOp::kAbs},     {Op::kExp, UnaryOp::kExp},
    {Op::kLog, UnaryOp::kLog},   {Op::kRsqrt, UnaryOp::kRsqrt}, {Op::kTanh, UnaryOp::kTanh},
    {Op::kErf, UnaryOp::kErf},   {Op::kGelu, UnaryOp::kGelu},   {Op::kGeluTanh, UnaryOp::kGeluTanh},
    {Op::kRelu, UnaryOp::kRelu}, {Op::kSilu, UnaryOp::kSilu},   {Op::kSigmoid, UnaryOp::kSigmoid},
};

struct BinaryRow {
  Op op;
  BinaryOp kernel;
};
constexpr BinaryRow kBinary[] = {
    {Op::kAdd, BinaryOp::kAdd}, {Op::kSub, BinaryOp::kSub},     {Op::kMul, BinaryOp::kMul},
    {Op::kDiv, BinaryOp::kDiv}, {Op::kMaximum, BinaryOp::kMax}, {Op::kMinimum, BinaryOp::kMin},
};

template <typename Row, size_t kRows>
const Row* FindRow(const Row (&rows)[kRows], Op op) {
  for (const Row& row : rows) {
    if (row.op == op) return &row;
  }
  return nullptr;
}

double Elements(const Operand& operand, const Extents& extents) {
  return static_cast<double>(operand.rows.Evaluate(extents) * operand.width);
}

class UnaryStep final : public Step {
 public:
  UnaryStep(const kernels::Variant<kernels::UnaryFunction>& variant, UnaryOp op) : variant_(variant), op_(op) {}

  std::string kernel() const override { return absl::StrCat("unary/", variant_.name); }
  bool MayOverwrite(size_t) const override { return true; }

  void Run(const Frame& frame, int part, int parts, void*) const override {
    const Range rows = ShareOf(frame.Rows(output), 1, part, parts);
    const float* x = frame.ReadF32(inputs[0]);
    float* y = frame.WriteF32(output);
    for (int64_t row = rows.begin; row < rows.end; ++row) {
      variant_.run({op_, x + row * inputs[0].stride, output.width, y + row * output.stride});
    }
  }

  Work work(const Extents& extents) const override { return {Elements(output, extents), TouchedBytes(*this, extents)}; }

 private:
  const kernels::Variant<kernels::UnaryFunction>& variant_;
  const UnaryOp op_;
};

class BinaryStep final : public Step {
 public:
  BinaryStep(const kernels::Variant<kernels::BinaryFunction>& variant, BinaryOp op, bool one_b)
      : variant_(variant), op_(op), one_b_(one_b) {}

  std::string kernel() const override { return absl::StrCat("binary/", variant_.name); }
  bool MayOverwrite(size_t i) const override { return i == 0 || !one_b_; }

  void Run(const Frame& frame, int part, int parts, void*) const override {
    const Range rows = ShareOf(frame.Rows(output), 1, part, parts);
    kernels::BinaryArgs args;
    args.op = op_;
    args.a_stride = inputs[0].stride;
    args.a = frame.ReadF32(inputs[0]) + rows.begin * args.a_stride;
    args.b_stride = one_b_ ? 0 : inputs[1].stride;
    args.b = frame.ReadF32(inputs[1]) + rows.begin * args.b_stride;
    args.rows = rows.size();
    args.width = output.width;
    args.y_stride = output.stride;
    args.y = frame.WriteF32(output) + rows.begin * args.y_stride;
    variant_.run(args);
  }

  Work work(const Extents& extents) const override { return {Elements(output, extents), TouchedBytes(*this, extents)}; }

 private:
  const kernels::Variant<kernels::BinaryFunction>& variant_;
  const BinaryOp op_;
  const bool one_b_;
};

}  // namespace

std::unique_ptr<Step> MakeUnaryStep(const StepRequest& request) {
  const UnaryRow* row = FindRow(kUnary, request.node.op());
  if (row == nullptr) return nullptr;
  return std::make_unique<UnaryStep>(ChooseVariant("unary", kernels::UnaryVariants(), request.candidates), row->kernel);
}

std::unique_ptr<Step> MakeBinaryStep(const StepRequest& request) {
  const BinaryRow* row = FindRow(kBinary, request.node.op());
  if (row == nullptr) return nullptr;
  const Type& type = request.node.type();
  const Type& a = request.node.input(0)->type();
  const Type& b = request.node.input(1)->type();
  // A second operand of rank 1 as wide as the rows stands for every row.
  const bool one_b = b != type && b.rank() == 1 && type.rank() >= 1 && b.shape[0] == type.shape.back();
  if (a != type || (b != type && !one_b)) {
    request.candidates->push_back({"binary", "operands of these shapes are broadcast"});
    return nullptr;
  }
  return std::make_unique<BinaryStep>(ChooseVariant("binary", kernels::BinaryVariants(), request.candidates),
                                      row->kernel, one_b);
}

}  // namespace lathe::cpu
