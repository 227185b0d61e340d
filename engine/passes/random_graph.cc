#include "engine/passes/random_graph.h"

#include <algorithm>
#include <random>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/ir/builder.h"
#include "engine/passes/random_values.h"

namespace lathe {
namespace {

constexpr int64_t kWidth = 8;
constexpr double kEpsilon = 0.1;       // Keeps a norm from amplifying the rounding errors of a row that is constant.
constexpr int64_t kElementsMax = 128;  // Per token or sequence: graphs stay cheap to evaluate.
constexpr int kTriesMax = 40;          // Operands drawn for one op before another op is drawn.

const Type kRowsPerToken{DType::kF32, {Dim::T(), kWidth}};

class Generator {
 public:
  explicit Generator(uint64_t seed) : random_(seed), b_(absl::StrCat("random_", seed)) {
    ids_ = Keep(b_.Input("token_ids", Type{DType::kI32, {Dim::T()}}));
    positions_ = Keep(b_.Input("positions", Type{DType::kI32, {Dim::T()}}));
    cu_seqlens_ = Keep(b_.Input("cu_seqlens", Type{DType::kI32, {Dim::N() + 1}}));
    x_ = Keep(b_.Input("x", kRowsPerToken));
    gate_ = Keep(b_.Input("gate", Type{DType::kF32, {Dim::T(), 1}}));
    for (Value input : values_) exact_.insert(input);
  }

  absl::StatusOr<Graph> Generate(int steps) {
    for (int i = 0; i < steps; ++i) Below(2) == 0 ? AddPiece() : AddRandomOp();
    // Half of the graphs end as classifiers do: one row per sequence of the last value per token, and nothing else.
    const bool classifier = Below(2) == 0;
    if (classifier) AddHead(LastRowsPerToken());
    std::vector<Value> outputs = {values_.back()};
    for (int64_t i = classifier ? 0 : Below(3); i > 0; --i) outputs.push_back(OneOf(values_));
    return b_.Finish(std::move(outputs));
  }

 private:
  int64_t Below(int64_t limit) { return static_cast<int64_t>(random_() % static_cast<uint64_t>(limit)); }

  template <typename T>
  const T& OneOf(const std::vector<T>& choices) {
    return choices[static_cast<size_t>(Below(static_cast<int64_t>(choices.size())))];
  }

  Value Keep(Value value) {
    if (value != nullptr) values_.push_back(value);
    return value;
  }

  // Any value that was made so far, new ones more often.
  Value AnyValue() {
    const int64_t count = static_cast<int64_t>(values_.size());
    return values_[static_cast<size_t>(std::max(Below(count), Below(count)))];
  }

  Value RowsPerToken() {
    for (int i = 0; i < kTriesMax; ++i) {
      Value value = AnyValue();
      if (value->type() == kRowsPerToken) return value;
    }
    return x_;
  }

  Value LastRowsPerToken() const {
    const auto found = std::find_if(values_.rbegin(), values_.rend(),
                                    [](const Node* value) { return value->type() == kRowsPerToken; });
    return found == values_.rend() ? x_ : *found;
  }

  // Weights are scaled so that a linear keeps the size of its rows.
  Value Weights(Type type) {
    Tensor tensor = RandomTensor(type, {}, random_());
    const float scale = type.rank() == 2 ? 0.35f : 1.0f;  // 1 / sqrt(8)
    for (float& value : tensor.mutable_data<float>()) value *= scale;
    Value constant = b_.Constant(std::move(type), MakeConstantSource(std::move(tensor), absl::StrCat("w", weights_++)));
    exact_.insert(constant);
    return constant;
  }

  Value Number() { return b_.Scalar(OneOf<float>({0, 1, -1, 0.5, 2, 1.25})); }
  Value Rows(std::vector<Dim> shape) { return Weights(Type{DType::kF32, std::move(shape)}); }

  Value RandomLinear(Value x, int64_t outputs) {
    return b_.Linear(x, Rows({outputs, kWidth}), Below(3) > 0 ? Rows({outputs}) : nullptr);
  }
  Value Norm(Value x) { return b_.LayerNorm(x, Rows({kWidth}), Rows({kWidth}), kEpsilon); }

  // --- Pieces of models, and of clumsy algebra.

  void AddPiece() {
    switch (Below(8)) {
      case 0:
        return AddAttentionBlock();
      case 1:
        return AddFeedForward();
      case 2:
        return AddEmbeddings();
      case 3:
        return AddHead(RowsPerToken());
      case 4:
        return AddClumsyAlgebra();
      case 5:
        return AddParallelLinears();
      case 6:
        return AddJumps();
      default:
        return AddDuplicates();
    }
  }

  void AddAttentionBlock() {
    Value x = RowsPerToken();
    AttentionOptions options;
    options.heads = OneOf<int64_t>({1, 2, 4});
    options.scale = 0.35;
    options.causal = Below(2) == 0;
    Value q = RandomLinear(x, kWidth);
    Value k = RandomLinear(x, kWidth);
    if (Below(2) == 0) {
      q = b_.Apply(Op::kRope, {q, positions_}, {{"head_dim", int64_t{2}}});
      k = b_.Apply(Op::kRope, {k, positions_}, {{"head_dim", int64_t{2}}});
    }
    Value a = Keep(b_.Attention(q, k, RandomLinear(x, kWidth), cu_seqlens_, options));
    Keep(Norm(b_.Add(RandomLinear(a, kWidth), x)));
  }

  void AddFeedForward() {
    Value x = RowsPerToken();
    const Op activation = OneOf<Op>({Op::kGelu, Op::kGeluTanh, Op::kRelu, Op::kSilu, Op::kTanh, Op::kSigmoid});
    Value up = b_.Unary(activation, b_.Linear(x, Rows({2 * kWidth, kWidth}), Rows({2 * kWidth})));
    Value sum = Keep(b_.Add(x, b_.Linear(up, Rows({kWidth, 2 * kWidth}), nullptr)));
    if (Below(2) == 0) Keep(Norm(sum));
  }

  void AddEmbeddings() {
    Value sum = b_.Embedding(Rows({12, kWidth}), ids_);
    for (int64_t i = Below(3); i >= 0; --i) sum = b_.Add(sum, b_.Embedding(Rows({16, kWidth}), positions_));
    Keep(Norm(sum));
  }

  void AddHead(Value x) {
    const Op gather = OneOf<Op>({Op::kGatherFirst, Op::kGatherLast, Op::kSegmentMean});
    Value rows = Keep(b_.Apply(gather, {x, cu_seqlens_}));
    Keep(b_.Unary(Op::kRelu, RandomLinear(rows, kWidth)));
  }

  void AddClumsyAlgebra() {
    Value x = RowsPerToken();
    switch (Below(5)) {
      case 0:
        x = b_.Mul(Number(), b_.Add(x, Number()));
        break;
      case 1:
        x = b_.Mul(x, b_.Unary(Op::kSigmoid, x));
        break;
      case 2:
        x = b_.Unary(Op::kNeg, b_.Add(x, b_.Unary(Op::kNeg, RowsPerToken())));
        break;
      case 3:
        x = b_.Mul(b_.Mul(RandomLinear(x, kWidth), Number()), Number());
        break;
      default:
        x = b_.Add(b_.Linear(x, b_.Mul(Rows({kWidth, kWidth}), Number()), nullptr), Rows({kWidth}));
    }
    Keep(x);
  }

  void AddParallelLinears() {
    Value x = RowsPerToken();
    Value sum = RandomLinear(x, kWidth);
    for (int64_t i = Below(3); i >= 0; --i) sum = b_.Add(sum, RandomLinear(x, kWidth));
    Keep(sum);
  }

  // Ops with jumps on inputs, which are exact, and what reads their results.
  void AddJumps() {
    Value rounded = b_.Apply(Op::kDequantize, {b_.Apply(Op::kQuantize, {x_, gate_}), gate_});
    Value condition = b_.Apply(Op::kCompare, {x_, gate_}, {{"is", std::string("lt")}});
    Keep(b_.Apply(Op::kSelect, {condition, rounded, RowsPerToken()}));
  }

  void AddDuplicates() {
    Value x = RowsPerToken();
    Keep(b_.Add(b_.Unary(Op::kTanh, x), b_.Unary(Op::kTanh, x)));
  }

  // --- Ops from the table.

  void AddRandomOp() {
    while (true) {
      const Op op = OneOf(AllOps());
      if (Info(op).trait == OpTrait::kLeaf || op == Op::kFusion) continue;
      for (int i = 0; i < kTriesMax; ++i) {
        if (TryOp(op)) return;
      }
    }
  }

  Value Operand() {
    if (Below(5) < 3) return AnyValue();
    if (Below(4) == 0) return Number();
    return Rows(OneOf<std::vector<Dim>>({{kWidth}, {kWidth, kWidth}, {4, kWidth}, {4}, {4, 4}, {1, kWidth}}));
  }

  Attribute RandomAttribute(const AttributeSpec& spec) {
    switch (spec.kind) {
      case AttributeKind::kInt:
        return Below(kWidth + 1);
      case AttributeKind::kNumber:
        return spec.name == "eps" ? kEpsilon : 0.5;
      case AttributeKind::kWord:
        return OneOf<std::string>(
            {"sum", "mean", "max", "min", "abs_max", "lt", "ge", "ne", "f32", "bf16", "i32", "s8"});
      case AttributeKind::kShape:
        return OneOf<Shape>({{Dim::T(), 2, 4}, {Dim::T() * 2, 4}, {Dim::N(), kWidth}, {2, 4}, {kWidth}, {1, kWidth}});
    }
    return int64_t{0};
  }

  Attributes RandomAttributes(Op op) {
    Attributes attributes;
    for (const AttributeSpec& spec : Info(op).attributes) {
      if (spec.required) attributes.Set(spec.name, RandomAttribute(spec));
    }
    return attributes;
  }

  // Whether the ids of an embedding are ones that RandomInputs keeps inside the table.
  bool IdsFit(const std::vector<Value>& inputs) const { return inputs[1] == ids_ || inputs[1] == positions_; }

  bool IsSmall(const Type& type) const {
    int symbolic = 0;
    for (const Dim& dim : type.shape) symbolic += dim.is_constant() ? 0 : 1;
    return symbolic <= 1 && type.rank() <= 3 && ElementCount(type.shape).Evaluate({1, 1}) <= kElementsMax;
  }

  bool TryOp(Op op) {
    const int64_t most = static_cast<int64_t>(std::min<size_t>(Info(op).inputs_max, 4));
    const int64_t least = static_cast<int64_t>(Info(op).inputs_min);
    std::vector<Value> inputs;
    std::vector<Type> types;
    for (int64_t i = least + Below(most - least + 1); i > 0; --i) {
      inputs.push_back(Operand());
      types.push_back(inputs.back()->type());
    }
    const Attributes attributes = RandomAttributes(op);
    const absl::StatusOr<Type> type = InferType(op, types, attributes);
    if (!type.ok() || !IsSmall(*type) || (op == Op::kEmbedding && !IdsFit(inputs)) || !Tame(op, inputs)) return false;
    Value value = Keep(b_.Apply(op, std::move(inputs), attributes));
    if (HasJumps(op)) exact_.insert(value);
    return true;
  }

  static bool HasJumps(Op op) { return op == Op::kCompare || op == Op::kQuantize || op == Op::kCast; }

  // Puts bounded operands in the place of ones that could amplify roundings. Whether the op may be added then.
  bool Tame(Op op, std::vector<Value>& inputs) {
    const auto at_least_one = [&](Value x) { return b_.Add(b_.Unary(Op::kAbs, x), b_.Scalar(1)); };
    const auto is_exact = [&](Value x) { return exact_.count(x) != 0; };
    if (HasJumps(op)) return std::all_of(inputs.begin(), inputs.end(), is_exact);
    if (op == Op::kExp) inputs[0] = b_.Unary(Op::kTanh, inputs[0]);
    if (op == Op::kLog || op == Op::kRsqrt) inputs[0] = at_least_one(inputs[0]);
    if (op == Op::kDiv) inputs[1] = at_least_one(inputs[1]);
    if (op == Op::kMul || op == Op::kMatmul) inputs[1] = b_.Unary(Op::kTanh, inputs[1]);
    return true;
  }

  std::mt19937_64 random_;
  GraphBuilder b_;
  Value ids_;
  Value positions_;
  Value cu_seqlens_;
  Value x_;
  Value gate_;
  std::vector<Value> values_;
  std::unordered_set<const Node*> exact_;  // The same bits whatever a pass does.
  int weights_ = 0;
};

}  // namespace

absl::StatusOr<Graph> MakeRandomGraph(uint64_t seed, const RandomGraphOptions& options) {
  return Generator(seed).Generate(options.steps);
}

}  // namespace lathe
