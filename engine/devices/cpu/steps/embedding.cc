// embedding, and the fusion of a sum of embeddings with the layer_norm of it.
#include "kernels/embedding/embedding.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "engine/devices/cpu/steps/steps.h"

namespace lathe::cpu {
namespace {

// Inputs are table and ids of each embedding in order, then gamma and beta where there is a layer_norm.
struct EmbeddingForm {
  int tables = 1;
  bool has_layer_norm = false;
};

const std::map<std::string, EmbeddingForm>& Forms() {
  static const auto* forms = new std::map<std::string, EmbeddingForm>{
      {"embedding(a, b)", {1, false}},
      {"layer_norm(embedding(a, b), c, d)", {1, true}},
      {"add(embedding(a, b), embedding(c, d))", {2, false}},
      {"layer_norm(add(embedding(a, b), embedding(c, d)), e, f)", {2, true}},
      {"add(add(embedding(a, b), embedding(c, d)), embedding(e, f))", {3, false}},
      {"layer_norm(add(add(embedding(a, b), embedding(c, d)), embedding(e, f)), g, h)", {3, true}},
  };
  return *forms;
}

class EmbeddingStep final : public Step {
 public:
  EmbeddingStep(const EmbeddingForm& form, float epsilon, std::vector<CandidateRecord>* candidates)
      : form_(form),
        epsilon_(epsilon),
        sum_(form.has_layer_norm ? nullptr : &ChooseVariant("embedding", kernels::EmbeddingVariants(), candidates)),
        layer_norm_(form.has_layer_norm
                        ? &ChooseVariant("embedding_layer_norm", kernels::EmbeddingLayerNormVariants(), candidates)
                        : nullptr) {}

  std::string kernel() const override {
    return sum_ != nullptr ? absl::StrCat("embedding/", sum_->name)
                           : absl::StrCat("embedding_layer_norm/", layer_norm_->name);
  }

  void Run(const Frame& frame, int part, int parts, void*) const override {
    const Range rows = ShareOf(frame.Rows(output), 1, part, parts);
    kernels::EmbeddingLayerNormArgs args;
    args.embedding.table_count = form_.tables;
    for (int i = 0; i < form_.tables; ++i) {
      const Operand& table = inputs[2 * static_cast<size_t>(i)];
      const Operand& ids = inputs[2 * static_cast<size_t>(i) + 1];
      args.embedding.tables[i] = {frame.ReadF32(table), table.stride, frame.ReadI32(ids) + rows.begin};
    }
    args.embedding.width = output.width;
    args.embedding.rows = rows.size();
    args.embedding.y_stride = output.stride;
    args.embedding.y = frame.WriteF32(output) + rows.begin * output.stride;
    if (sum_ != nullptr) {
      sum_->run(args.embedding);
      return;
    }
    args.gamma = frame.ReadF32(inputs[2 * static_cast<size_t>(form_.tables)]);
    args.beta = frame.ReadF32(inputs[2 * static_cast<size_t>(form_.tables) + 1]);
    args.epsilon = epsilon_;
    layer_norm_->run(args);
  }

  Work work(const Extents& extents) const override {
    const double elements = static_cast<double>(output.rows.Evaluate(extents) * output.width);
    // Of a table, only the rows that are looked up are read.
    return {elements * (form_.tables - 1 + (form_.has_layer_norm ? 6 : 0)), 4 * elements * (form_.tables + 1)};
  }

 private:
  const EmbeddingForm form_;
  const float epsilon_;
  const kernels::Variant<kernels::EmbeddingFunction>* const sum_;
  const kernels::Variant<kernels::EmbeddingLayerNormFunction>* const layer_norm_;
};

}  // namespace

std::unique_ptr<Step> MakeEmbeddingStep(const StepRequest& request) {
  const auto found = Forms().find(request.form);
  if (found == Forms().end()) return nullptr;
  for (int i = 0; i < found->second.tables; ++i) {
    // The kernel trusts ids, and those of inputs alone are checked before a run.
    if (request.node.input(2 * static_cast<size_t>(i) + 1)->op() == Op::kInput) continue;
    request.candidates->push_back({"embedding", "the ids are computed"});
    return nullptr;
  }
  float epsilon = 0;
  if (found->second.has_layer_norm) {
    epsilon = static_cast<float>(request.node.body()->outputs()[0]->attributes().Number("eps"));
  }
  return std::make_unique<EmbeddingStep>(found->second, epsilon, request.candidates);
}

}  // namespace lathe::cpu
