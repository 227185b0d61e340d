// embedding: the sum of one row of each of several tables, and the same followed by layer_norm.
//
//   embedding:             y[t, :] = sum over k < table_count of tables[k].rows[tables[k].ids[t], :]
//   embedding_layer_norm:  y[t, :] = layer_norm(that sum)[t, :]      (see kernels/layer_norm/layer_norm.h)
//
// The fused form normalises a row while it is in L1, and gives the bits that the two kernels of the same variant give
// one after the other. Sums are taken in the order of the tables, in f32 (double in the reference). Layout: f32, table
// row i at i * stride elements, y row t at t * y_stride elements, rows of `width` contiguous elements. Alignment: none
// needed. Aliasing: y overlaps nothing else. Thread-safe: no state.
#ifndef LATHE_KERNELS_EMBEDDING_EMBEDDING_H_
#define LATHE_KERNELS_EMBEDDING_EMBEDDING_H_

#include <cstdint>
#include <span>

#include "kernels/isa/isa.h"

namespace lathe::kernels {

inline constexpr int kEmbeddingTablesMax = 4;

struct EmbeddingTable {
  const float* rows = nullptr;
  int64_t stride = 0;
  const int32_t* ids = nullptr;  // One per row of y.
};

// Requires: 1 <= table_count <= kEmbeddingTablesMax, width >= 1, rows >= 0, strides >= width. Every id is a row of its
// table: ids are trusted here, the caller checks them where they enter the process.
struct EmbeddingArgs {
  EmbeddingTable tables[kEmbeddingTablesMax];
  int table_count = 0;
  int64_t width = 0;
  int64_t rows = 0;
  float* y = nullptr;
  int64_t y_stride = 0;
};

// Requires: gamma and beta of embedding.width elements.
struct EmbeddingLayerNormArgs {
  EmbeddingArgs embedding;
  const float* gamma = nullptr;
  const float* beta = nullptr;
  float epsilon = 0;
};

using EmbeddingFunction = void(const EmbeddingArgs& args);
using EmbeddingLayerNormFunction = void(const EmbeddingLayerNormArgs& args);

// Best first, the reference last; both lists have the same rows.
std::span<const Variant<EmbeddingFunction>> EmbeddingVariants();
std::span<const Variant<EmbeddingLayerNormFunction>> EmbeddingLayerNormVariants();

// The oracles: plain loops, double accumulation.
void EmbeddingReference(const EmbeddingArgs& args);
void EmbeddingLayerNormReference(const EmbeddingLayerNormArgs& args);

}  // namespace lathe::kernels

#endif  // LATHE_KERNELS_EMBEDDING_EMBEDDING_H_
