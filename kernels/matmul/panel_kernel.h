// The own matmul kernel, written once over a vector type; `<isa>.cc` files instantiate it. Layout of the weights:
// panel.h.
//
// A tile is up to kTileRows rows of x times one panel: all its sums sit in registers while k runs, so every product
// costs one fused multiply-add and a share of two loads. Around it:
//
//   for each block of rows whose x stays in L2
//     for each panel
//       for each kDepth of k             the piece of the panel stays in L2 while all tiles of the block use it
//         for each tile: sums += x w     sums of an unfinished k wait in scratch, exactly
//       epilogue                         bias, activation, residual, into y; the only place that knows about column
//       tails
//
// Every element's sum starts at zero and adds k in rising order whatever the tile's height and the cuts of k, rows and
// columns are: the same bits always.
#ifndef LATHE_KERNELS_MATMUL_PANEL_KERNEL_H_
#define LATHE_KERNELS_MATMUL_PANEL_KERNEL_H_

#include <cstdint>

#include "kernels/math/functions.h"
#include "kernels/matmul/panel.h"

namespace lathe::kernels {
namespace {

// k in one pass over a panel: 64 columns of it are 192 KiB, which leaves most of a 1 MiB L2 to x. 512 and 1024 were no
// faster.
inline constexpr int64_t kDepth = 768;

// Rows of a block are as many as fit in this, so that every panel finds them in L2; beyond 96 rows the weights' stream
// from memory costs nothing any more, and the sums in scratch would leave L1.
inline constexpr int64_t kBlockBytes = int64_t{384} * 1024;
inline constexpr int64_t kBlockRowsMax = 96;

// Weights are fetched ahead by software, as the hardware stops at 4 KiB pages and sees no reason to run a whole panel
// ahead. Bursts of at most 16 lines spread the traffic evenly over the tiles that use the panel before.
inline constexpr int64_t kBurstLines = 16;
inline constexpr int64_t kLine = 16;  // f32 in a cache line.
// A single tile is bound by memory, so its stream is its own: 4 KiB ahead reached 29 of 30 GB/s, a panel ahead 20.
inline constexpr int64_t kAhead = 1024;

constexpr int64_t Smaller(int64_t a, int64_t b) { return a < b ? a : b; }
constexpr int64_t CeilDivide(int64_t a, int64_t b) { return (a + b - 1) / b; }

template <typename V, int kTileRows, int kVectors>
class PanelMatmul {
 public:
  static constexpr int64_t kColumns = int64_t{kVectors} * V::kLanes;
  static constexpr int64_t kScratchBytes = kBlockRowsMax * kColumns * int64_t{sizeof(float)};

  static void Run(const MatmulProblem& problem, const float* packed, const MatmulArgs& args) {
    const int64_t block = BlockRows(problem.k);
    for (int64_t row = 0; row < args.rows; row += block) {
      const int64_t rows = Smaller(block, args.rows - row);
      for (int64_t column = args.column_begin; column < args.column_end; column += kColumns) {
        RunPanel(problem, packed + column * problem.k, args, {row, rows, column});
      }
    }
  }

 private:
  using Reg = typename V::Reg;

  // k from one burst of fetches to the next.
  static constexpr int64_t kStride = kBurstLines * kLine / kColumns;

  // The part of a call that one panel and one block of rows make up.
  struct Part {
    int64_t row, rows, column;
  };

  // A tile's operands: kColumns weights per k, and sums of the same width.
  struct Tile {
    const float* x;
    int64_t x_stride;
    const float* panel;
    int64_t depth;
    bool starts;  // Whether sums begin at zero, or continue.
    float* sums;
    const float* next;  // Fetched into L2 on the way: next_lines cache lines before every kStride of k.
    int64_t next_lines;
  };

  static int64_t BlockRows(int64_t k) {
    const int64_t fit = kBlockBytes / (k * int64_t{sizeof(float)}) / kTileRows * kTileRows;
    return fit < kTileRows ? kTileRows : Smaller(fit, kBlockRowsMax / kTileRows * kTileRows);
  }

  static void RunPanel(const MatmulProblem& problem, const float* panel, const MatmulArgs& args, const Part& part) {
    float* const sums = static_cast<float*>(args.scratch);
    const float* const x = args.x + part.row * args.x_stride;
    // Tiles of nearly equal height: 7 rows run as 4 + 3, where 6 + 1 would waste the second walk over the panel.
    const int64_t tiles = CeilDivide(part.rows, kTileRows);
    for (int64_t k = 0; k < problem.k; k += kDepth) {
      const int64_t depth = Smaller(kDepth, problem.k - k);
      // What is needed after this piece, fetched in equal shares.
      const float* const next = panel + k * kColumns + (tiles == 1 ? kAhead : depth * kColumns);
      const int64_t next_lines = CeilDivide(kStride * kColumns, kLine * tiles);
      const int64_t share = CeilDivide(depth, kStride) * next_lines * kLine;
      for (int64_t tile = 0; tile < tiles; ++tile) {
        const int64_t first = tile * part.rows / tiles;
        const int64_t last = (tile + 1) * part.rows / tiles;
        const Tile operands = {.x = x + first * args.x_stride + k,
                               .x_stride = args.x_stride,
                               .panel = panel + k * kColumns,
                               .depth = depth,
                               .starts = k == 0,
                               .sums = sums + first * kColumns,
                               .next = next + tile * share,
                               .next_lines = next_lines};
        Accumulate(last - first, operands);
        if (k + depth == problem.k) {
          Finish(problem, args, {part.row + first, last - first, part.column}, sums + first * kColumns);
        }
      }
    }
  }

  static void Accumulate(int64_t rows, const Tile& tile) { AccumulateAtMost<kTileRows>(rows, tile); }

  template <int kRows>
  static void AccumulateAtMost(int64_t rows, const Tile& tile) {
    if constexpr (kRows > 1) {
      if (rows < kRows) return AccumulateAtMost<kRows - 1>(rows, tile);
    }
    AccumulateRows<kRows>(tile);
  }

  template <int kRows>
  [[gnu::noinline]] static void AccumulateRows(const Tile& tile) {
    Reg sum[kRows][kVectors];
#pragma GCC unroll 16
    for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 8
      for (int v = 0; v < kVectors; ++v) {
        sum[r][v] = tile.starts ? V::Zero() : V::Load(tile.sums + r * kColumns + v * V::kLanes);
      }
    }
    const float* x = tile.x;
    const float* panel = tile.panel;
    const float* next = tile.next;
    for (int64_t k = 0; k < tile.depth; k += kStride) {
      for (int64_t line = 0; line < tile.next_lines; ++line, next += kLine) __builtin_prefetch(next, 0, 2);
      const int64_t steps = Smaller(kStride, tile.depth - k);
#pragma GCC unroll 1
      for (int64_t step = 0; step < steps; ++step, ++x, panel += kColumns) {
        Reg w[kVectors];
#pragma GCC unroll 8
        for (int v = 0; v < kVectors; ++v) w[v] = V::Load(panel + v * V::kLanes);
#pragma GCC unroll 16
        for (int r = 0; r < kRows; ++r) {
          const Reg value = V::Set(x[r * tile.x_stride]);
#pragma GCC unroll 8
          for (int v = 0; v < kVectors; ++v) sum[r][v] = V::Fma(value, w[v], sum[r][v]);
        }
      }
    }
#pragma GCC unroll 16
    for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 8
      for (int v = 0; v < kVectors; ++v) V::Store(tile.sums + r * kColumns + v * V::kLanes, sum[r][v]);
    }
  }

  static void Finish(const MatmulProblem& problem, const MatmulArgs& args, const Part& part, const float* sums) {
    switch (problem.activation) {
      case MatmulActivation::kNone:
        return FinishRows<Identity>(problem, args, part, sums);
      case MatmulActivation::kRelu:
        return FinishRows<Relu<V>>(problem, args, part, sums);
      case MatmulActivation::kGelu:
        return FinishRows<Gelu<V>>(problem, args, part, sums);
      case MatmulActivation::kGeluTanh:
        return FinishRows<GeluTanh<V>>(problem, args, part, sums);
      case MatmulActivation::kSilu:
        return FinishRows<Silu<V>>(problem, args, part, sums);
      case MatmulActivation::kTanh:
        return FinishRows<Tanh<V>>(problem, args, part, sums);
      case MatmulActivation::kSigmoid:
        return FinishRows<Sigmoid<V>>(problem, args, part, sums);
    }
  }

  static Reg Identity(Reg x) { return x; }

  template <Reg (*kActivation)(Reg)>
  static void FinishRows(const MatmulProblem& problem, const MatmulArgs& args, const Part& part, const float* sums) {
    for (int64_t row = part.row; row < part.row + part.rows; ++row) {
      for (int64_t v = 0; v < kVectors; ++v) {
        const int64_t column = part.column + v * V::kLanes;
        const int64_t count = args.column_end - column;
        if (count <= 0) break;
        Reg value = V::Load(sums + v * V::kLanes);
        if (problem.has_bias) value = V::Add(value, V::LoadFirst(args.bias + column, count));
        value = kActivation(value);
        if (args.residual != nullptr) {
          value = V::Add(value, V::LoadFirst(args.residual + row * args.residual_stride + column, count));
        }
        V::StoreFirst(args.y + row * args.y_stride + column, count, value);
      }
      sums += kColumns;
    }
  }
};

}  // namespace
}  // namespace lathe::kernels

#endif  // LATHE_KERNELS_MATMUL_PANEL_KERNEL_H_
