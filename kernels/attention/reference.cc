#include <algorithm>
#include <cmath>

#include "kernels/attention/attention.h"

namespace lathe::kernels {
namespace {

// One query of one head: where its vectors are and which keys it sees.
struct Query {
  const float* q;
  const float* k;
  const float* v;
  float* y;
  int64_t key_begin;
  int64_t key_end;
};

Query MakeQuery(const AttentionArgs& args, int64_t s, int64_t h, int64_t position) {
  const int64_t begin = args.cu_seqlens[s], length = args.cu_seqlens[s + 1] - begin;
  const int64_t row = args.queries == AttentionQueries::kAll ? begin + position : s;
  const int64_t column = h * args.head_dim, kv_column = h / (args.heads / args.kv_heads) * args.head_dim;
  Query query = {.q = args.q + row * args.q_stride + column,
                 .k = args.k + begin * args.k_stride + kv_column,
                 .v = args.v + begin * args.v_stride + kv_column,
                 .y = args.y + row * args.y_stride + column,
                 .key_begin = 0,
                 .key_end = length};
  if (args.window_left >= 0) query.key_begin = std::max<int64_t>(0, position - args.window_left);
  if (args.window_right >= 0) query.key_end = std::min(length, position + args.window_right + 1);
  if (args.causal) query.key_end = std::min(query.key_end, position + 1);
  return query;
}

double Score(const AttentionArgs& args, const Query& query, int64_t key) {
  double dot = 0;
  for (int64_t d = 0; d < args.head_dim; ++d) dot += double{query.q[d]} * query.k[key * args.k_stride + d];
  const double score = dot * args.scale;
  return args.softcap > 0 ? args.softcap * std::tanh(score / args.softcap) : score;
}

// Scores are computed twice rather than kept: the reference allocates nothing and needs no scratch.
void Attend(const AttentionArgs& args, const Query& query) {
  double max = Score(args, query, query.key_begin);
  for (int64_t j = query.key_begin + 1; j < query.key_end; ++j) max = std::max(max, Score(args, query, j));
  double sum = 0, y[kAttentionHeadDimMax] = {};
  for (int64_t j = query.key_begin; j < query.key_end; ++j) {
    const double p = std::exp(Score(args, query, j) - max);
    sum += p;
    for (int64_t d = 0; d < args.head_dim; ++d) y[d] += p * query.v[j * args.v_stride + d];
  }
  for (int64_t d = 0; d < args.head_dim; ++d) query.y[d] = static_cast<float>(y[d] / sum);
}

}  // namespace

void AttentionReference(const AttentionArgs& args, const AttentionRange& range, void* /*scratch*/) {
  for (int64_t s = range.sequence_begin; s < range.sequence_end; ++s) {
    const int64_t length = args.cu_seqlens[s + 1] - args.cu_seqlens[s];
    int64_t begin = std::max<int64_t>(0, range.query_begin), end = std::min(length, range.query_end);
    if (args.queries == AttentionQueries::kFirst) begin = 0, end = 1;
    if (args.queries == AttentionQueries::kLast) begin = length - 1, end = length;
    for (int64_t h = range.head_begin; h < range.head_end; ++h) {
      for (int64_t position = begin; position < end; ++position) Attend(args, MakeQuery(args, s, h, position));
    }
  }
}

}  // namespace lathe::kernels
