// What the own kernels share with the code that packs for them: the layout of packed weights, and one entry per
// `<isa>.cc`.
//
// w [N, K] is cut into panels of `columns` columns of y; the last is filled up with zeros. Inside panel p, w[n, k] sits
// at
//   packed[(p * K + k) * columns + (n - p * columns)]
// so that a kernel which walks k reads memory strictly forwards, one or more whole cache lines per k.
//
// Plain declarations only: `<isa>.cc` files include this.
#ifndef LATHE_KERNELS_MATMUL_PANEL_H_
#define LATHE_KERNELS_MATMUL_PANEL_H_

#include <cstdint>

#include "kernels/matmul/problem.h"

namespace lathe::kernels {

// One own kernel. `run` needs args.scratch of scratch_bytes.
struct PanelKernel {
  int64_t columns;
  int64_t scratch_bytes;
  void (*run)(const MatmulProblem& problem, const float* packed, const MatmulArgs& args);
};

extern const PanelKernel kAvx512Panels;
extern const PanelKernel kAvx2Panels;

}  // namespace lathe::kernels

#endif  // LATHE_KERNELS_MATMUL_PANEL_H_
