// gather_first and gather_last: one row of each sequence is copied.
#include <cstring>

#include "engine/devices/cpu/steps/steps.h"

namespace lathe::cpu {
namespace {

class GatherStep final : public Step {
 public:
  explicit GatherStep(bool last) : last_(last) {}

  std::string kernel() const override { return "gather/copy"; }

  void Run(const Frame& frame, int part, int parts, void*) const override {
    const Range rows = ShareOf(frame.Rows(output), 1, part, parts);
    const float* x = frame.ReadF32(inputs[0]);
    const int32_t* cu_seqlens = frame.ReadI32(inputs[1]);
    float* y = frame.WriteF32(output);
    for (int64_t n = rows.begin; n < rows.end; ++n) {
      const int64_t row = last_ ? cu_seqlens[n + 1] - 1 : cu_seqlens[n];
      std::memcpy(y + n * output.stride, x + row * inputs[0].stride, static_cast<size_t>(output.width) * sizeof(float));
    }
  }

  Work work(const Extents& extents) const override {
    return {0, 8.0 * static_cast<double>(output.rows.Evaluate(extents) * output.width)};
  }

 private:
  const bool last_;
};

}  // namespace

std::unique_ptr<Step> MakeGatherStep(const StepRequest& request) {
  const Op op = request.node.op();
  if (op != Op::kGatherFirst && op != Op::kGatherLast) return nullptr;
  request.candidates->push_back({"gather/copy", ""});
  return std::make_unique<GatherStep>(op == Op::kGatherLast);
}

}  // namespace lathe::cpu
