// layer_norm, and the fusion of a residual sum with the layer_norm of it.
#include "kernels/layer_norm/layer_norm.h"

#include "absl/strings/str_cat.h"
#include "engine/devices/cpu/steps/steps.h"

namespace lathe::cpu {
namespace {

// The layer_norm node itself, or the one that a fusion ends with.
const Node& LayerNormOf(const Node& node) { return node.body() != nullptr ? *node.body()->outputs()[0] : node; }

class LayerNormStep final : public Step {
 public:
  LayerNormStep(const kernels::Variant<kernels::LayerNormFunction>& variant, bool has_residual, float epsilon)
      : variant_(variant), has_residual_(has_residual), epsilon_(epsilon) {}

  std::string kernel() const override { return absl::StrCat("layer_norm/", variant_.name); }
  bool MayOverwrite(size_t i) const override { return i == 0 || (has_residual_ && i == 1); }

  void Run(const Frame& frame, int part, int parts, void*) const override {
    const Range rows = ShareOf(frame.Rows(output), 1, part, parts);
    kernels::LayerNormArgs args;
    args.input_stride = inputs[0].stride;
    args.input = frame.ReadF32(inputs[0]) + rows.begin * args.input_stride;
    if (has_residual_) {
      args.residual_stride = inputs[1].stride;
      args.residual = frame.ReadF32(inputs[1]) + rows.begin * args.residual_stride;
    }
    const size_t gamma = has_residual_ ? 2 : 1;
    args.gamma = frame.ReadF32(inputs[gamma]);
    args.beta = frame.ReadF32(inputs[gamma + 1]);
    args.epsilon = epsilon_;
    args.width = output.width;
    args.rows = rows.size();
    args.y_stride = output.stride;
    args.y = frame.WriteF32(output) + rows.begin * args.y_stride;
    variant_.run(args);
  }

  Work work(const Extents& extents) const override {
    // A sum, a centred square, and a scale with a shift: two operations each.
    return {(has_residual_ ? 7.0 : 6.0) * static_cast<double>(output.rows.Evaluate(extents) * output.width),
            TouchedBytes(*this, extents)};
  }

 private:
  const kernels::Variant<kernels::LayerNormFunction>& variant_;
  const bool has_residual_;
  const float epsilon_;
};

}  // namespace

std::unique_ptr<Step> MakeLayerNormStep(const StepRequest& request) {
  const bool has_residual = request.form == "layer_norm(add(a, b), c, d)";
  if (!has_residual && request.form != "layer_norm(a, b, c)") return nullptr;
  if (has_residual && request.node.input(0)->type() != request.node.input(1)->type()) {
    request.candidates->push_back({"layer_norm", "the residual is broadcast"});
    return nullptr;
  }
  const float epsilon = static_cast<float>(LayerNormOf(request.node).attributes().Number("eps"));
  return std::make_unique<LayerNormStep>(ChooseVariant("layer_norm", kernels::LayerNormVariants(), request.candidates),
                                         has_residual, epsilon);
}

}  // namespace lathe::cpu
