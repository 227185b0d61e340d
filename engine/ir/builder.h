// Builds a graph by calling a function per op: the C++ face of the text form, checked as it is built.
//
//   GraphBuilder b("tiny");
//   TextBatch in = b.AddTextBatch();
//   Value x = b.LayerNorm(b.Embedding(table, in.token_ids), gamma, beta, 1e-12);
//   ASSIGN_OR_RETURN(Graph graph, b.Finish({b.Linear(b.GatherFirst(x, in.cu_seqlens), weight, bias)}));
//
// The first error is kept, with the caller's file and line, and Finish returns it; calls after it do nothing. A builder
// is used by one thread.
#ifndef LATHE_ENGINE_IR_BUILDER_H_
#define LATHE_ENGINE_IR_BUILDER_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/ir/graph.h"

namespace lathe {

// A node under construction; null after an error.
using Value = Node*;

// The caller's place. clang 14 has no std::source_location.
struct CallSite {
  const char* file;
  int line;
  static constexpr CallSite Here(const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
    return {file, line};
  }
};

// The inputs of every text model, in this order: token_ids i32[T], segment_ids i32[T], positions i32[T], cu_seqlens
// i32[N+1].
struct TextBatch {
  Value token_ids;
  Value segment_ids;
  Value positions;
  Value cu_seqlens;
};

struct AttentionOptions {
  int64_t heads = 1;
  int64_t kv_heads = 0;  // 0: as many as heads.
  double scale = 1;
  bool causal = false;
};

class GraphBuilder {
 public:
  explicit GraphBuilder(absl::string_view name) : graph_(name) {}

  Value Input(absl::string_view name, Type type);
  TextBatch AddTextBatch();
  Value Constant(Type type, std::shared_ptr<const ConstantSource> source, absl::string_view name = "");
  Value Scalar(float value);

  // Any op of the table. The named calls below are this one with the op's own parameters.
  Value Apply(Op op, std::vector<Value> inputs, Attributes attributes = {}, CallSite site = CallSite::Here());

  Value Embedding(Value table, Value ids, CallSite site = CallSite::Here());
  Value Linear(Value x, Value weight, Value bias, CallSite site = CallSite::Here());  // bias may be null.
  Value Add(Value a, Value b, CallSite site = CallSite::Here());
  Value Mul(Value a, Value b, CallSite site = CallSite::Here());
  Value LayerNorm(Value x, Value gamma, Value beta, double epsilon, CallSite site = CallSite::Here());
  Value Attention(Value q, Value k, Value v, Value cu_seqlens, const AttentionOptions& options,
                  CallSite site = CallSite::Here());
  Value GatherFirst(Value x, Value cu_seqlens, CallSite site = CallSite::Here());
  Value Unary(Op op, Value x, CallSite site = CallSite::Here());  // Gelu, Relu, Tanh, ...

  // Keeps `status` as the error to return, if it is the first.
  void Fail(absl::Status status);

  // The finished graph, verified. The builder is empty after.
  absl::StatusOr<Graph> Finish(std::vector<Value> outputs);

 private:
  Graph graph_;
  absl::Status status_;
};

}  // namespace lathe

#endif  // LATHE_ENGINE_IR_BUILDER_H_
