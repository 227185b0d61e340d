#include "server/service/classifier_service.h"

#include <chrono>
#include <utility>

#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/proto_buffer_reader.h"
#include "grpcpp/support/proto_buffer_writer.h"
#include "grpcpp/support/server_callback.h"
#include "lathe/v1/classifier.grpc.pb.h"
#include "server/errors.h"
#include "server/handlers/classify.h"
#include "server/service/grpc_status.h"

namespace lathe {
namespace {

// gRPC tells deadlines by the wall clock; the server goes by the monotonic one.
TimePoint DeadlineOf(const grpc::CallbackServerContext& context, const Clock& clock) {
  const auto deadline = context.deadline();
  if (deadline == std::chrono::system_clock::time_point::max()) return kNoDeadline;
  return clock.Now() + (deadline - std::chrono::system_clock::now());
}

bool Parse(grpc::ByteBuffer bytes, wire::ClassifyRequest& request) {
  grpc::ProtoBufferReader reader(&bytes);
  return reader.status().ok() && request.ParseFromZeroCopyStream(&reader);
}

// False above 2 GiB, which protobuf cannot write.
bool Write(const v1::ClassifyResponse& response, grpc::ByteBuffer& bytes) {
  constexpr int kBlockBytes = 1 << 20;
  const size_t size = response.ByteSizeLong();
  if (size > static_cast<size_t>(INT32_MAX)) return false;
  grpc::ProtoBufferWriter writer(&bytes, kBlockBytes, static_cast<int>(size));
  return response.SerializeToZeroCopyStream(&writer);
}

// One call. gRPC owns it from the method's return until OnDone.
class ClassifyReactor final : public grpc::ServerUnaryReactor {
 public:
  ClassifyReactor(std::shared_ptr<RequestContext> context, ActiveCalls& active, grpc::ByteBuffer& reply)
      : context_(std::move(context)), active_(active), reply_(reply) {
    active_.Begin();
  }
  ~ClassifyReactor() override { active_.End(); }

  void Start(const grpc::ByteBuffer& bytes) {
    if (!Parse(bytes, request_)) return Refuse(errors::NotARequest("lathe.v1.ClassifyRequest"));
    Classify(context_, request_, response_, [this](const absl::Status& status) { Reply(status); });
  }

  void OnCancel() override { context_->Cancel(); }
  void OnDone() override { delete this; }

 private:
  // Ends a call that never came to be one of some model.
  void Refuse(const absl::Status& status) {
    ModelMetrics& metrics = context_->services().metrics.unknown_model();
    metrics.CallReceived();
    metrics.CallRejected(status.code(), Seconds(context_->Elapsed()));
    Finish(ToGrpcStatus(status));
  }

  // Nothing may follow Finish: the reactor may be gone by then.
  void Reply(const absl::Status& status) {
    if (!status.ok()) return Finish(ToGrpcStatus(status));
    if (!Write(response_, reply_)) return Finish(ToGrpcStatus(errors::Internal(context_->id())));
    Finish(grpc::Status::OK);
  }

  const std::shared_ptr<RequestContext> context_;
  ActiveCalls& active_;
  grpc::ByteBuffer& reply_;
  wire::ClassifyRequest request_;
  v1::ClassifyResponse response_;
};

class ClassifierService final : public v1::Classifier::WithRawCallbackMethod_Classify<v1::Classifier::Service> {
 public:
  ClassifierService(const Services& services, ActiveCalls& active) : services_(services), active_(active) {}

  grpc::ServerUnaryReactor* Classify(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                     grpc::ByteBuffer* reply) override {
    auto call = std::make_shared<RequestContext>(services_, DeadlineOf(*context, services_.clock));
    auto* reactor = new ClassifyReactor(std::move(call), active_, *reply);
    reactor->Start(*request);
    return reactor;
  }

 private:
  const Services& services_;
  ActiveCalls& active_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeClassifierService(const Services& services, ActiveCalls& active) {
  return std::make_unique<ClassifierService>(services, active);
}

}  // namespace lathe
