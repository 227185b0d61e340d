#include "kernels/math/x86_avx2.h"
// The vector type above comes first: what follows is written for it.
#include "kernels/attention/blocked.h"

namespace lathe::kernels {

void AttentionAvx2(const AttentionArgs& args, const AttentionRange& range, void* scratch) {
  Attend<F32x8>(args, range, scratch);
}

}  // namespace lathe::kernels
