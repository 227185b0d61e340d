// softmax over rows.
#include "kernels/softmax/softmax.h"

#include "absl/strings/str_cat.h"
#include "engine/devices/cpu/steps/steps.h"

namespace lathe::cpu {
namespace {

class SoftmaxStep final : public Step {
 public:
  explicit SoftmaxStep(const kernels::Variant<kernels::SoftmaxFunction>& variant) : variant_(variant) {}

  std::string kernel() const override { return absl::StrCat("softmax/", variant_.name); }
  bool MayOverwrite(size_t) const override { return true; }

  void Run(const Frame& frame, int part, int parts, void*) const override {
    const Range rows = ShareOf(frame.Rows(output), 1, part, parts);
    kernels::SoftmaxArgs args;
    args.x_stride = inputs[0].stride;
    args.x = frame.ReadF32(inputs[0]) + rows.begin * args.x_stride;
    args.width = output.width;
    args.rows = rows.size();
    args.y_stride = output.stride;
    args.y = frame.WriteF32(output) + rows.begin * args.y_stride;
    variant_.run(args);
  }

  Work work(const Extents& extents) const override {
    // A maximum, a difference, an exponential counted as one, a sum and a quotient.
    return {5.0 * static_cast<double>(output.rows.Evaluate(extents) * output.width), TouchedBytes(*this, extents)};
  }

 private:
  const kernels::Variant<kernels::SoftmaxFunction>& variant_;
};

}  // namespace

std::unique_ptr<Step> MakeSoftmaxStep(const StepRequest& request) {
  if (request.node.op() != Op::kSoftmax) return nullptr;
  return std::make_unique<SoftmaxStep>(ChooseVariant("softmax", kernels::SoftmaxVariants(), request.candidates));
}

}  // namespace lathe::cpu
