#include "engine/passes/random_values.h"

#include <algorithm>
#include <random>
#include <utility>

namespace lathe {
namespace {

// The number of rows that ids from `input` may index: the smallest table it is used with, or a few positions.
int64_t IdLimit(const Graph& graph, const Node* input) {
  int64_t limit = 16;
  for (const Node* user : graph.Users(input)) {
    if (user->op() == Op::kEmbedding) limit = std::min(limit, user->input(0)->type().shape[0].constant);
  }
  return limit;
}

Tensor RandomIds(int64_t count, int64_t limit, std::mt19937_64& random) {
  Tensor ids(DType::kI32, {count});
  for (int32_t& id : ids.mutable_data<int32_t>()) {
    id = static_cast<int32_t>(random() % static_cast<uint64_t>(std::max<int64_t>(limit, 1)));
  }
  return ids;
}

// 0, then N ascending ends, the last of them T; no sequence is empty.
Tensor RandomCuSeqlens(const Extents& extents, std::mt19937_64& random) {
  std::vector<int32_t> ends;
  for (int64_t t = 1; t < extents.tokens; ++t) ends.push_back(static_cast<int32_t>(t));
  std::shuffle(ends.begin(), ends.end(), random);
  ends.resize(static_cast<size_t>(extents.sequences) - 1);
  ends.push_back(0);
  ends.push_back(static_cast<int32_t>(extents.tokens));
  std::sort(ends.begin(), ends.end());
  return Tensor::Of<int32_t>({extents.sequences + 1}, ends);
}

}  // namespace

Tensor RandomTensor(const Type& type, const Extents& extents, uint64_t seed) {
  std::vector<int64_t> shape;
  for (const Dim& dim : type.shape) shape.push_back(dim.Evaluate(extents));
  std::mt19937_64 random(seed);
  std::normal_distribution<float> normal;
  Tensor floats(DType::kF32, std::move(shape));
  for (float& value : floats.mutable_data<float>()) value = normal(random);
  if (type.dtype == DType::kI32 || type.dtype == DType::kS8) {
    for (float& value : floats.mutable_data<float>()) value *= 10;
  }
  if (type.dtype == DType::kBool) {
    for (float& value : floats.mutable_data<float>()) value = value > 0;
  }
  return Cast(floats, type.dtype);
}

std::vector<Tensor> RandomInputs(const Graph& graph, const Extents& extents, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<Tensor> inputs;
  for (const Node* input : graph.inputs()) {
    if (input->type() == Type{DType::kI32, {Dim::N() + 1}}) {
      inputs.push_back(RandomCuSeqlens(extents, random));
    } else if (input->type().dtype == DType::kI32 && input->type().rank() == 1) {
      inputs.push_back(RandomIds(input->type().shape[0].Evaluate(extents), IdLimit(graph, input), random));
    } else {
      inputs.push_back(RandomTensor(input->type(), extents, random()));
    }
  }
  return inputs;
}

}  // namespace lathe
