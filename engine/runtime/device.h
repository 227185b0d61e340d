// Devices: what turns a graph into something that runs.
//
// A Device compiles a graph once, for every T and N: no padding, no buckets, no recompilation. What comes out is an
// Executable, immutable, which any number of threads may run at the same time. Each device is a folder in
// engine/devices/ and a row in its registry; all pass the same conformance suite.
#ifndef LATHE_ENGINE_RUNTIME_DEVICE_H_
#define LATHE_ENGINE_RUNTIME_DEVICE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/ir/graph.h"
#include "engine/runtime/thread_pool.h"

namespace lathe {

// Arithmetic of the plan. Only kF32 is built so far; a device refuses what it cannot do.
enum class Precision { kF32, kBF16, kInt8 };
absl::string_view Name(Precision precision);
absl::StatusOr<Precision> ParsePrecision(absl::string_view name);

struct CompileOptions {
  Precision precision = Precision::kF32;
  // Passes to leave out, by name. Errors: NOT_FOUND for a name that is no pass.
  std::vector<std::string> disabled_passes;
  // Keeps the graph's text after every pass that changed it, for `lathe explain`.
  bool keep_texts = false;
};

// What one run reads and writes: memory of the caller's, dense and row-major.
struct Execution {
  Extents extents;
  // One per graph input, in order, with the elements that its type has at `extents`. An input of type i32[N+1] is
  // cu_seqlens: 0 first, T last, strictly increasing.
  absl::Span<const void* const> inputs;
  // One per graph output, in order.
  absl::Span<void* const> outputs;
};

// A stage of compilation or a pass, as it went.
struct StageRecord {
  std::string name;
  double seconds = 0;
  bool changed = false;    // Passes: whether the graph changed.
  std::string graph_text;  // Passes that changed it, with CompileOptions::keep_texts.
};

// A kernel that was looked at for a step, and why it was not taken ("" for the one that was).
struct CandidateRecord {
  std::string kernel;
  std::string refusal;
};

struct StepRecord {
  std::string value;  // The node computed, "%3".
  std::string form;   // "gelu(linear(a, b, c))": the op, or what a fusion holds.
  std::string type;   // Of the result.
  std::vector<CandidateRecord> candidates;
  double flops = 0;    // At the extents asked for.
  double bytes = 0;    // Read and written, weights included.
  double seconds = 0;  // Measured; 0 where nothing was run.
};

class Executable {
 public:
  virtual ~Executable() = default;

  // Computes the outputs. Blocks until done; threads come from the pool that the executable was compiled for.
  // Errors: INVALID_ARGUMENT (an id outside its table, cu_seqlens out of order; the outputs are then untouched).
  virtual absl::Status Run(const Execution& execution) const = 0;

  // What the graph's inputs and outputs are.
  virtual const Graph& graph() const = 0;
  // How compilation went, in order.
  virtual absl::Span<const StageRecord> stages() const = 0;
  // Scratch memory that a run of these extents takes, its longest sequence being `longest`.
  virtual int64_t arena_bytes(const Extents& extents, int64_t longest) const = 0;
  // Packed weights and other constants that the executable keeps.
  virtual int64_t weight_bytes() const = 0;
  // The steps with their kernels; given an execution, runs it once on one thread and times each step.
  virtual absl::StatusOr<std::vector<StepRecord>> Explain(const Execution* execution) const = 0;
};

class Device {
 public:
  virtual ~Device() = default;
  virtual absl::string_view name() const = 0;
  // Compiles `graph`, whose constants are read now and not after. `pool` must outlive the executable.
  // Errors: UNIMPLEMENTED (precision that this device or machine lacks, with the reason), NOT_FOUND (a disabled pass
  // that there is none of), or what reading a constant says.
  virtual absl::StatusOr<std::unique_ptr<Executable>> Compile(const Graph& graph, const CompileOptions& options,
                                                              ThreadPool* pool) const = 0;
};

}  // namespace lathe

#endif  // LATHE_ENGINE_RUNTIME_DEVICE_H_
