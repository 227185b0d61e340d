// Any single op, by its reference evaluation.
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/devices/cpu/steps/steps.h"
#include "engine/ir/evaluate.h"

namespace lathe::cpu {
namespace {

class ReferenceStep final : public Step {
 public:
  explicit ReferenceStep(const Node& node) : op_(node.op()), attributes_(node.attributes()) {
    for (const Node* input : node.inputs()) types_.push_back(input->type());
  }

  std::string kernel() const override { return "reference"; }

  void Run(const Frame& frame, int part, int, void*) const override {
    if (part != 0) return;
    std::vector<Tensor> arguments;
    for (size_t i = 0; i < inputs.size(); ++i) arguments.push_back(Gather(frame, i));
    const absl::StatusOr<Tensor> result = Info(op_).evaluate({arguments, attributes_, frame.extents});
    char* y = frame.arena + output.offset.Evaluate(frame.extents);
    if (result.ok()) {
      std::memcpy(y, result->bytes(), static_cast<size_t>(result->byte_size()));
    } else {
      // The executable checks ids and cu_seqlens before a run, and nothing else in a verified graph fails; should it
      // ever, all ones is NaN in f32, which no reader takes for an answer.
      std::memset(y, 0xff, static_cast<size_t>(frame.Rows(output) * output.width * SizeOf(output.dtype)));
    }
  }

  Work work(const Extents& extents) const override { return {0, TouchedBytes(*this, extents)}; }

 private:
  // Input `i` as a tensor: dense, so that rows of a strided view are copied.
  Tensor Gather(const Frame& frame, size_t i) const {
    std::vector<int64_t> shape;
    for (const Dim& dim : types_[i].shape) shape.push_back(dim.Evaluate(frame.extents));
    const Operand& operand = inputs[i];
    const char* from = static_cast<const char*>(frame.Read(operand));
    if (operand.dense()) return Tensor(operand.dtype, std::move(shape), from, nullptr);
    Tensor tensor(operand.dtype, std::move(shape));
    const int64_t element = SizeOf(operand.dtype);
    for (int64_t row = 0; row < frame.Rows(operand); ++row) {
      std::memcpy(static_cast<char*>(tensor.mutable_bytes()) + row * operand.width * element,
                  from + row * operand.stride * element, static_cast<size_t>(operand.width * element));
    }
    return tensor;
  }

  const Op op_;
  const Attributes attributes_;
  std::vector<Type> types_;
};

}  // namespace

std::unique_ptr<Step> MakeReferenceStep(const StepRequest& request) {
  if (request.node.op() == Op::kFusion) {
    request.candidates->push_back({"reference", "a fusion is computed as one kernel or unfused"});
    return nullptr;
  }
  request.candidates->push_back({"reference", ""});
  return std::make_unique<ReferenceStep>(request.node);
}

}  // namespace lathe::cpu
