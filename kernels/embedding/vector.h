// embedding for any vector type V of kernels/math. For <isa>.cc files only, which include their vector type themselves.
#ifndef LATHE_KERNELS_EMBEDDING_VECTOR_H_
#define LATHE_KERNELS_EMBEDDING_VECTOR_H_

#include "kernels/embedding/embedding.h"
#include "kernels/layer_norm/vector.h"

namespace lathe::kernels {
namespace {

template <typename V, int kTables>
inline void EmbedElements(const float* const* rows, int64_t d, int64_t n, float* y) {
  auto sum = V::LoadFirst(rows[0] + d, n);
#pragma GCC unroll 4
  for (int k = 1; k < kTables; ++k) sum = V::Add(sum, V::LoadFirst(rows[k] + d, n));
  V::StoreFirst(y + d, n, sum);
}

template <typename V, int kTables>
inline void EmbedRow(const EmbeddingArgs& args, int64_t t, float* y) {
  const float* rows[kTables];
  for (int k = 0; k < kTables; ++k) rows[k] = args.tables[k].rows + args.tables[k].ids[t] * args.tables[k].stride;
  int64_t d = 0;
  for (; d + V::kLanes <= args.width; d += V::kLanes) EmbedElements<V, kTables>(rows, d, V::kLanes, y);
  if (d < args.width) EmbedElements<V, kTables>(rows, d, args.width - d, y);
}

// Calls finish(y) on every row when it holds the sum of its table rows.
template <typename V, int kTables, typename Finish>
inline void EmbedRows(const EmbeddingArgs& args, const Finish& finish) {
  for (int64_t t = 0; t < args.rows; ++t) {
    float* y = args.y + t * args.y_stride;
    EmbedRow<V, kTables>(args, t, y);
    finish(y);
  }
}

template <typename V, typename Finish>
inline void Embed(const EmbeddingArgs& args, const Finish& finish) {
  static_assert(kEmbeddingTablesMax == 4);
  switch (args.table_count) {
    case 1:
      return EmbedRows<V, 1>(args, finish);
    case 2:
      return EmbedRows<V, 2>(args, finish);
    case 3:
      return EmbedRows<V, 3>(args, finish);
    default:
      return EmbedRows<V, 4>(args, finish);
  }
}

template <typename V>
inline void EmbedAndNorm(const EmbeddingLayerNormArgs& args) {
  const NormParameters parameters = {args.gamma, args.beta, args.epsilon, args.embedding.width};
  Embed<V>(args.embedding, [&](float* y) { NormRow<V>(y, RowSum<V>(y, parameters.width), parameters, y); });
}

}  // namespace
}  // namespace lathe::kernels

#endif  // LATHE_KERNELS_EMBEDDING_VECTOR_H_
