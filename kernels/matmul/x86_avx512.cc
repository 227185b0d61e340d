#include "kernels/math/x86_avx512.h"

#include "kernels/matmul/panel.h"
#include "kernels/matmul/panel_kernel.h"

namespace lathe::kernels {
namespace {

using Matmul = PanelMatmul<F32x16, 6, 4>;

}  // namespace

const PanelKernel kAvx512Panels = {Matmul::kColumns, Matmul::kScratchBytes, Matmul::Run};

}  // namespace lathe::kernels
