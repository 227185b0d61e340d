// The own kernels as candidates: packing (panel.h) and the object that keeps what was packed.
#include <algorithm>
#include <memory>

#include "kernels/matmul/matmul.h"
#include "kernels/matmul/panel.h"

namespace lathe::kernels {
namespace {

class PanelPrepared : public PreparedMatmul {
 public:
  PanelPrepared(const PanelKernel& kernel, const MatmulProblem& problem, const float* packed)
      : kernel_(kernel), problem_(problem), packed_(packed) {}

  void Run(const MatmulArgs& args) const override { kernel_.run(problem_, packed_, args); }
  int64_t column_tile() const override { return kernel_.columns; }
  int64_t scratch_bytes() const override { return kernel_.scratch_bytes; }

 private:
  const PanelKernel& kernel_;
  const MatmulProblem problem_;
  const float* const packed_;
};

// Columns [first, first + columns) of y, as one panel. In pieces of k, so that the part of the panel that the columns
// fill in turn stays in L1.
void PackPanel(const MatmulProblem& problem, const float* w, int64_t first, int64_t columns, float* panel) {
  constexpr int64_t kPiece = 64;
  for (int64_t k_begin = 0; k_begin < problem.k; k_begin += kPiece) {
    const int64_t k_end = std::min(k_begin + kPiece, problem.k);
    for (int64_t c = 0; c < columns; ++c) {
      const float* const row = first + c < problem.n ? w + (first + c) * problem.k : nullptr;
      for (int64_t k = k_begin; k < k_end; ++k) panel[k * columns + c] = row != nullptr ? row[k] : 0.0f;
    }
  }
}

int64_t PaddedColumns(const PanelKernel& kernel, const MatmulProblem& problem) {
  return (problem.n + kernel.columns - 1) / kernel.columns * kernel.columns;
}

template <const PanelKernel& kKernel>
int64_t PackedBytes(const MatmulProblem& problem) {
  return PaddedColumns(kKernel, problem) * problem.k * static_cast<int64_t>(sizeof(float));
}

template <const PanelKernel& kKernel>
std::unique_ptr<PreparedMatmul> Prepare(const MatmulProblem& problem, const float* w, void* packed) {
  float* const panels = static_cast<float*>(packed);
  for (int64_t column = 0; column < problem.n; column += kKernel.columns) {
    PackPanel(problem, w, column, kKernel.columns, panels + column * problem.k);
  }
  return std::make_unique<PanelPrepared>(kKernel, problem, panels);
}

const char* RefuseNothing(const MatmulProblem& problem) { return nullptr; }

}  // namespace

#if defined(__x86_64__)
extern const MatmulCandidate kAvx512Matmul;
extern const MatmulCandidate kAvx2Matmul;
const MatmulCandidate kAvx512Matmul = {"avx512", Isa::kAvx512, RefuseNothing, PackedBytes<kAvx512Panels>,
                                       Prepare<kAvx512Panels>};
const MatmulCandidate kAvx2Matmul = {"avx2", Isa::kAvx2, RefuseNothing, PackedBytes<kAvx2Panels>, Prepare<kAvx2Panels>};
#endif

}  // namespace lathe::kernels
