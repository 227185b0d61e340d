// matmul: a linear layer with its epilogue, on weights that are packed once.
//
//   y[m, n] = f(sum_k x[m, k] * w[n, k] + bias[n]) + residual[m, n]      f: problem.h; bias and residual may be absent
//
// Layout: f32; x and y row-major with strides, w row-major [N, K] as PyTorch's Linear keeps it (read by Prepare only).
// Accumulation: f32, one fused multiply-add per k in rising order (the reference: double). Aliasing: y overlaps neither
// x, w nor bias; residual may be y exactly (same pointer and stride), and overlaps it in no other way.
//
// What callers may rely on, and matmul_test checks for every candidate:
//  * An element's bits depend on its own row of x, on w, bias and residual, and on nothing else: neither on other rows
//    of the call, nor on how rows and columns are split into calls. So batching changes no answer.
//  * Nothing outside the given rows and columns is read or written, for any rows, n, k >= 1.
//
// How to call it:
//   const MatmulCandidate& candidate = BestMatmul(problem);
//   void* packed = Allocate(candidate.packed_bytes(problem));  // 64-byte aligned; huge pages make streaming faster
//   std::unique_ptr<PreparedMatmul> matmul = candidate.prepare(problem, w, packed);  // w may go now, packed may not
//   matmul->Run({.rows = 16, .x = x, .x_stride = k, .y = y, .y_stride = n, .column_end = n, .scratch = scratch});
#ifndef LATHE_KERNELS_MATMUL_MATMUL_H_
#define LATHE_KERNELS_MATMUL_MATMUL_H_

#include <cstdint>
#include <memory>
#include <span>

#include "kernels/isa/isa.h"
#include "kernels/matmul/problem.h"

namespace lathe::kernels {

// Packed weights and the code that multiplies by them. Immutable: any number of threads may Run one at the same time,
// each with its own scratch.
class PreparedMatmul {
 public:
  PreparedMatmul() = default;
  virtual ~PreparedMatmul() = default;
  PreparedMatmul(const PreparedMatmul&) = delete;
  PreparedMatmul& operator=(const PreparedMatmul&) = delete;

  // Computes the rows and columns that args name. Allocates nothing; rows = 0 is allowed.
  virtual void Run(const MatmulArgs& args) const = 0;

  // The unit of columns in which a call may be split.
  virtual int64_t column_tile() const = 0;

  // What args.scratch must offer, at most 4 MiB; 0: args.scratch is not used. Does not depend on the rows of a call.
  virtual int64_t scratch_bytes() const = 0;
};

// One way to run a matmul: a row of kernels.inc.
struct MatmulCandidate {
  const char* name;
  Isa isa;

  // Why this candidate cannot take `problem` on a machine that has `isa`, or nullptr. The text lives forever.
  const char* (*refuse)(const MatmulProblem& problem);

  // The size of the packed weights.
  int64_t (*packed_bytes)(const MatmulProblem& problem);

  // Packs w [n, k] into `packed` (packed_bytes(problem), 64-byte aligned), which the result borrows; w is not kept.
  // Requires: Refusal(*this, problem) == nullptr. Null if a library fails to build its code: take another candidate.
  std::unique_ptr<PreparedMatmul> (*prepare)(const MatmulProblem& problem, const float* w, void* packed);
};

// Every candidate of this build, best first, the reference last.
std::span<const MatmulCandidate> MatmulCandidates();

// Why `candidate` cannot run `problem` on this machine ("this machine lacks avx512"), or nullptr if it can.
const char* Refusal(const MatmulCandidate& candidate, const MatmulProblem& problem);

// The first candidate that nothing refuses.
const MatmulCandidate& BestMatmul(const MatmulProblem& problem);

// The oracle: unpacked weights, sums in double, one rounding at the end. args.scratch is not used; columns may be split
// anywhere.
void MatmulReference(const MatmulProblem& problem, const float* w, const MatmulArgs& args);

}  // namespace lathe::kernels

#endif  // LATHE_KERNELS_MATMUL_MATMUL_H_
