// oneDNN's inner product as a candidate (Debian's oneDNN 2.6.3, built for OpenMP and OpenCL).
//
// oneDNN compiles code for one exact shape, yet a call may have any number of rows: each block of 256 columns has
// primitives for 64, 16 and 4 rows, made in Prepare, and a call is cut into those; the last rows are filled up with
// zeros in scratch. Blocks come out dense in scratch, from where the residual is added and y is written, so that
// strides are free.
//
// Only its brgemm implementations are taken: their sums do not depend on the number of rows (matmul_test), which
// neither its reference nor its general GEMM promises.  Source: oneDNN developer guide 2.6, "Inner Product" and
// "Primitive Attributes: scratchpad".
#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "dnnl.hpp"
#include "kernels/matmul/matmul.h"

// From libgomp, which oneDNN links: declared here, as <omp.h> would ask every compiler for its own OpenMP.
extern "C" int omp_get_max_threads(void);
extern "C" void omp_set_num_threads(int);

namespace lathe::kernels {
namespace {

using dnnl::memory;
using InnerProduct = dnnl::inner_product_forward;

constexpr int64_t kBlockColumns = 256;
constexpr std::array<int64_t, 3> kBlockRows = {64, 16, 4};
// Keeps scratch (64 rows of x, and of y) under the contract's 4 MiB.
constexpr int64_t kDepthMax = 8192;
constexpr int64_t kFloat = sizeof(float);
constexpr int64_t kLine = 64;

int64_t RoundUpToLine(int64_t bytes) { return (bytes + kLine - 1) / kLine * kLine; }

const dnnl::engine& Engine() {
  static const dnnl::engine& engine = *new dnnl::engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

// While it lives, oneDNN calls of this thread run on this thread alone. OpenMP keeps the number per thread.
class OneThread {
 public:
  OneThread() : before_(omp_get_max_threads()) { omp_set_num_threads(1); }
  ~OneThread() { omp_set_num_threads(before_); }
  OneThread(const OneThread&) = delete;
  OneThread& operator=(const OneThread&) = delete;

 private:
  const int before_;
};

std::optional<dnnl::algorithm> Algorithm(MatmulActivation activation) {
  switch (activation) {
    case MatmulActivation::kNone:
      return std::nullopt;
    case MatmulActivation::kRelu:
      return dnnl::algorithm::eltwise_relu;
    case MatmulActivation::kGelu:
      return dnnl::algorithm::eltwise_gelu_erf;
    case MatmulActivation::kGeluTanh:
      return dnnl::algorithm::eltwise_gelu_tanh;
    case MatmulActivation::kSilu:
      return dnnl::algorithm::eltwise_swish;
    case MatmulActivation::kTanh:
      return dnnl::algorithm::eltwise_tanh;
    case MatmulActivation::kSigmoid:
      return dnnl::algorithm::eltwise_logistic;
  }
  return std::nullopt;
}

dnnl::primitive_attr Attributes(MatmulActivation activation) {
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  if (const auto algorithm = Algorithm(activation)) {
    dnnl::post_ops operations;
    operations.append_eltwise(1.0f, *algorithm, algorithm == dnnl::algorithm::eltwise_swish ? 1.0f : 0.0f, 0.0f);
    attributes.set_post_ops(operations);
  }
  return attributes;
}

memory::desc Dense(const memory::dims& dims, memory::format_tag tag) { return {dims, memory::data_type::f32, tag}; }

InnerProduct::primitive_desc Describe(const MatmulProblem& problem, int64_t rows, int64_t columns) {
  const auto x = Dense({rows, problem.k}, memory::format_tag::ab);
  const auto w = Dense({columns, problem.k}, memory::format_tag::any);
  const auto bias = Dense({columns}, memory::format_tag::a);
  const auto y = Dense({rows, columns}, memory::format_tag::ab);
  const auto kind = dnnl::prop_kind::forward_inference;
  const InnerProduct::desc desc =
      problem.has_bias ? InnerProduct::desc(kind, x, w, bias, y) : InnerProduct::desc(kind, x, w, y);
  return InnerProduct::primitive_desc(desc, Attributes(problem.activation), Engine());
}

// The primitives for one width of block: 256 columns, or the remainder.
struct Width {
  Width(const MatmulProblem& problem, int64_t columns) : columns(columns) {
    for (int64_t rows : kBlockRows) descs.push_back(Describe(problem, rows, columns));
  }

  bool IsBrgemm() const {
    return std::all_of(descs.begin(), descs.end(), [&](const InnerProduct::primitive_desc& desc) {
      return std::strncmp(desc.impl_info_str(), "brgemm", 6) == 0 && desc.weights_desc() == weights();
    });
  }

  // All row counts share it, as IsBrgemm checks.
  memory::desc weights() const { return descs.front().weights_desc(); }
  int64_t packed_bytes() const { return RoundUpToLine(static_cast<int64_t>(weights().get_size())); }

  void Build() {
    for (const auto& desc : descs) primitives.emplace_back(desc);
  }

  int64_t columns;
  std::vector<InnerProduct::primitive_desc> descs;  // As kBlockRows.
  std::vector<InnerProduct> primitives;
};

// Blocks of 256 columns, then what remains.
struct Widths {
  explicit Widths(const MatmulProblem& problem) {
    if (problem.n >= kBlockColumns) all.emplace_back(problem, kBlockColumns);
    if (problem.n % kBlockColumns != 0) all.emplace_back(problem, problem.n % kBlockColumns);
  }

  const Width& Of(int64_t columns) const { return all.front().columns == columns ? all.front() : all.back(); }

  std::vector<Width> all;
};

class OneDnnPrepared : public PreparedMatmul {
 public:
  OneDnnPrepared(const MatmulProblem& problem, Widths widths, const float* w, char* packed)
      : problem_(problem), widths_(std::move(widths)), packed_(packed) {
    for (Width& width : widths_.all) {
      width.Build();
      for (const auto& desc : width.descs) {
        scratchpad_bytes_ = std::max(scratchpad_bytes_, static_cast<int64_t>(desc.scratchpad_desc().get_size()));
      }
    }
    Pack(w);
  }

  int64_t column_tile() const override { return kBlockColumns; }
  int64_t scratch_bytes() const override { return XBytes() + YBytes() + RoundUpToLine(scratchpad_bytes_); }

  void Run(const MatmulArgs& args) const override {
    try {
      const OneThread one_thread;
      dnnl::stream stream(Engine());
      for (int64_t column = args.column_begin; column < args.column_end; column += kBlockColumns) {
        RunColumns(args, column, stream);
      }
    } catch (...) {
      // Only memory can fail here. The contract has no error, and the engine takes what is not finite for one.
      FillWithNan(args);
    }
  }

 private:
  int64_t XBytes() const { return RoundUpToLine(kBlockRows[0] * problem_.k * kFloat); }
  static int64_t YBytes() { return kBlockRows[0] * kBlockColumns * kFloat; }
  int64_t Columns(int64_t column) const { return std::min(kBlockColumns, problem_.n - column); }

  // All blocks before `column` are full ones.
  char* PackedAt(int64_t column) const {
    return packed_ + (column == 0 ? 0 : column / kBlockColumns * widths_.all.front().packed_bytes());
  }

  void Pack(const float* w) {
    const OneThread one_thread;
    dnnl::stream stream(Engine());
    for (int64_t column = 0; column < problem_.n; column += kBlockColumns) {
      const Width& width = widths_.Of(Columns(column));
      memory from(Dense({width.columns, problem_.k}, memory::format_tag::ab), Engine(),
                  const_cast<float*>(w + column * problem_.k));
      memory to(width.weights(), Engine(), PackedAt(column));
      dnnl::reorder(from, to).execute(stream, from, to);
      stream.wait();
    }
  }

  void RunColumns(const MatmulArgs& args, int64_t column, dnnl::stream& stream) const {
    const size_t last = kBlockRows.size() - 1;
    for (int64_t row = 0; row < args.rows;) {
      size_t block = 0;
      while (block < last && kBlockRows[block] > args.rows - row) ++block;
      const int64_t rows = std::min(kBlockRows[block], args.rows - row);
      RunBlock(args, row, rows, column, block, stream);
      row += rows;
    }
  }

  void RunBlock(const MatmulArgs& args, int64_t row, int64_t rows, int64_t column, size_t block,
                dnnl::stream& stream) const {
    char* const scratch = static_cast<char*>(args.scratch);
    float* const y = reinterpret_cast<float*>(scratch + XBytes());
    const Width& width = widths_.Of(Columns(column));
    const auto& desc = width.descs[block];
    const auto& engine = Engine();
    const float* const x = DenseX(args, row, rows, kBlockRows[block]);
    std::unordered_map<int, memory> operands = {
        {DNNL_ARG_SRC, memory(desc.src_desc(), engine, const_cast<float*>(x))},
        {DNNL_ARG_WEIGHTS, memory(desc.weights_desc(), engine, PackedAt(column))},
        {DNNL_ARG_DST, memory(desc.dst_desc(), engine, y)},
        {DNNL_ARG_SCRATCHPAD, memory(desc.scratchpad_desc(), engine, scratch + XBytes() + YBytes())}};
    if (problem_.has_bias) {
      operands[DNNL_ARG_BIAS] = memory(desc.bias_desc(), engine, const_cast<float*>(args.bias + column));
    }
    width.primitives[block].execute(stream, operands);
    stream.wait();
    WriteRows(args, row, rows, column, y, width.columns);
  }

  // `block` dense rows of x from `row` on: x itself, or a copy that is filled up with zeros.
  const float* DenseX(const MatmulArgs& args, int64_t row, int64_t rows, int64_t block) const {
    const float* const x = args.x + row * args.x_stride;
    if (args.x_stride == problem_.k && rows == block) return x;
    float* const copy = static_cast<float*>(args.scratch);
    for (int64_t r = 0; r < rows; ++r) std::copy_n(x + r * args.x_stride, problem_.k, copy + r * problem_.k);
    std::fill(copy + rows * problem_.k, copy + block * problem_.k, 0.0f);
    return copy;
  }

  static void WriteRows(const MatmulArgs& args, int64_t row, int64_t rows, int64_t column, const float* from,
                        int64_t columns) {
    for (int64_t r = row; r < row + rows; ++r, from += columns) {
      float* const y = args.y + r * args.y_stride + column;
      if (args.residual == nullptr) {
        std::copy_n(from, columns, y);
      } else {
        const float* const residual = args.residual + r * args.residual_stride + column;
        for (int64_t c = 0; c < columns; ++c) y[c] = from[c] + residual[c];
      }
    }
  }

  static void FillWithNan(const MatmulArgs& args) {
    for (int64_t row = 0; row < args.rows; ++row) {
      float* const y = args.y + row * args.y_stride;
      std::fill(y + args.column_begin, y + args.column_end, std::numeric_limits<float>::quiet_NaN());
    }
  }

  const MatmulProblem problem_;
  Widths widths_;
  char* const packed_;
  int64_t scratchpad_bytes_ = 0;
};

const char* Refuse(const MatmulProblem& problem) {
  if (problem.k > kDepthMax) return "k is over 8192, so scratch would be too large";
  if (problem.activation == MatmulActivation::kRelu) return "oneDNN's relu turns NaN into 0";
  try {
    const OneThread one_thread;
    const Widths widths(problem);
    const bool brgemm = std::all_of(widths.all.begin(), widths.all.end(), [](const Width& w) { return w.IsBrgemm(); });
    return brgemm ? nullptr : "oneDNN has no brgemm for this shape here";
  } catch (...) {
    return "oneDNN cannot describe this shape";
  }
}

// Requires: not refused. What succeeded there fails here only when memory for a few small objects is gone: the end.
int64_t PackedBytes(const MatmulProblem& problem) noexcept {
  const OneThread one_thread;
  const Widths widths(problem);
  int64_t bytes = problem.n / kBlockColumns * widths.all.front().packed_bytes();
  if (problem.n % kBlockColumns != 0) bytes += widths.all.back().packed_bytes();
  return bytes;
}

std::unique_ptr<PreparedMatmul> Prepare(const MatmulProblem& problem, const float* w, void* packed) {
  try {
    const OneThread one_thread;
    return std::make_unique<OneDnnPrepared>(problem, Widths(problem), w, static_cast<char*>(packed));
  } catch (...) {
    return nullptr;
  }
}

}  // namespace

extern const MatmulCandidate kOneDnnMatmul;
const MatmulCandidate kOneDnnMatmul = {"onednn", Isa::kAvx512, Refuse, PackedBytes, Prepare};

}  // namespace lathe::kernels
