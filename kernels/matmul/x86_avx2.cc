#include "kernels/math/x86_avx2.h"

#include "kernels/matmul/panel.h"
#include "kernels/matmul/panel_kernel.h"

namespace lathe::kernels {
namespace {

// Twelve sums, two weights and a value of x: fifteen of the sixteen registers.
using Matmul = PanelMatmul<F32x8, 6, 2>;

}  // namespace

const PanelKernel kAvx2Panels = {Matmul::kColumns, Matmul::kScratchBytes, Matmul::Run};

}  // namespace lathe::kernels
