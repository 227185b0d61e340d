// The server over a real connection, on a fake model: what the transport adds to the handlers.
#include "server/service/grpc_server.h"

#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "engine/base/status_matchers.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/generic/generic_stub.h"
#include "lathe/v1/classifier.grpc.pb.h"
#include "server/batching/fake_runner.h"
#include "server/handlers/wire.pb.h"
#include "server/registry/fake_model.h"

namespace lathe {
namespace {

using grpc::health::v1::Health;
using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;

std::string ToString(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  buffer.Dump(&slices);
  std::string bytes;
  for (const grpc::Slice& slice : slices) bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  return bytes;
}

grpc::ByteBuffer ToBuffer(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return grpc::ByteBuffer(&slice, 1);
}

class GrpcServerTest : public testing::Test {
 protected:
  GrpcServerTest() {
    runner_ = new FakeRunner;
    ServedModelOptions options;
    options.name = "sentiment";
    options.batching.max_queue_calls = 1;
    ModelMetrics& model_metrics = metrics_.AddModel("sentiment", 1);
    models_.Add("sentiment", 1, model_metrics);
    models_.SetReady(MakeFakeModel(options, model_metrics, clock_, std::unique_ptr<FakeRunner>(runner_)));
  }

  void StartServer(GrpcServerOptions options = {}) {
    options.address = "127.0.0.1:0";
    auto server = GrpcServer::Start(options, services_);
    ASSERT_OK(server);
    server_ = *std::move(server);
    channel_ = grpc::CreateChannel(absl::StrCat("127.0.0.1:", server_->port()), grpc::InsecureChannelCredentials());
    stub_ = v1::Classifier::NewStub(channel_);
  }

  // Makes one call; `deadline` counts from now.
  grpc::Status Classify(const v1::ClassifyRequest& request, milliseconds deadline = seconds(30)) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + deadline);
    response_.Clear();
    return stub_->Classify(&context, request, &response_);
  }

  // Sends `bytes` to a method that takes one message and gives one; the reply's bytes go to `reply`.
  grpc::Status SendBytes(const std::string& method, const std::string& bytes, std::string* reply = nullptr) {
    grpc::GenericStub generic(channel_);
    grpc::ClientContext context;
    grpc::CompletionQueue queue;
    void* tag;
    bool ok;
    const auto stream = generic.PrepareCall(&context, method, &queue);
    stream->StartCall(nullptr);
    queue.Next(&tag, &ok);
    stream->WriteLast(ToBuffer(bytes), grpc::WriteOptions(), nullptr);
    queue.Next(&tag, &ok);
    grpc::ByteBuffer buffer;
    stream->Read(&buffer, nullptr);
    queue.Next(&tag, &ok);
    if (ok && reply != nullptr) *reply = ToString(buffer);
    grpc::Status status;
    stream->Finish(&status, nullptr);
    queue.Next(&tag, &ok);
    return status;
  }

  static v1::ClassifyRequest Request(const std::string& text) {
    v1::ClassifyRequest request;
    request.set_model("sentiment");
    request.add_inputs()->set_text(text);
    return request;
  }

  // Calls in another thread and waits until the call holds the lane.
  std::future<grpc::Status> HoldLane() {
    runner_->CloseGate();
    auto status = std::async(std::launch::async, [this] {
      grpc::ClientContext context;
      v1::ClassifyResponse response;
      return stub_->Classify(&context, Request("hold"), &response);
    });
    runner_->AwaitBatches(1);
    return status;
  }

  SteadyClock clock_;
  Metrics metrics_{"test"};
  ModelRegistry models_;
  Admission admission_{{}};
  FakeRunner* runner_;
  WorkerPool workers_{2};
  Services services_{models_, admission_, workers_, metrics_, clock_};
  std::unique_ptr<GrpcServer> server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::Classifier::Stub> stub_;
  v1::ClassifyResponse response_;
};

TEST_F(GrpcServerTest, AnswersACall) {
  StartServer();
  ASSERT_TRUE(Classify(Request("a text")).ok());
  ASSERT_EQ(response_.results_size(), 1);
  EXPECT_EQ(response_.results(0).labels_size(), 2);
  EXPECT_EQ(response_.request_id().size(), 16u);
  EXPECT_GT(response_.timings().tokenize_seconds(), 0);
}

TEST_F(GrpcServerTest, ATextThatIsNotUtf8IsNamed) {
  StartServer();
  wire::ClassifyRequest request;
  request.set_model("sentiment");
  request.add_inputs()->set_text("fine");
  request.add_inputs()->set_text("ab\xff");
  const grpc::Status status = SendBytes("/lathe.v1.Classifier/Classify", request.SerializeAsString());
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_message(), HasSubstr("inputs[1].text"));
}

TEST_F(GrpcServerTest, BytesThatAreNoRequestAreInvalid) {
  StartServer();
  const grpc::Status status = SendBytes("/lathe.v1.Classifier/Classify", "\xff\xff\xff");
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(metrics_.Render(), HasSubstr("_unknown"));
  EXPECT_TRUE(Classify(Request("still answering")).ok());
}

TEST_F(GrpcServerTest, AMessageAboveTheLimitIsRefusedByTheTransport) {
  StartServer({.max_message_bytes = 1000});
  EXPECT_EQ(Classify(Request(std::string(2000, 'x'))).error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_TRUE(Classify(Request("still answering")).ok());
}

TEST_F(GrpcServerTest, AFullQueueSaysWhenToRetry) {
  StartServer();
  auto held = HoldLane();
  auto queued = std::async(std::launch::async, [this] {
    grpc::ClientContext context;
    v1::ClassifyResponse response;
    return stub_->Classify(&context, Request("queued"), &response);
  });
  grpc::Status status;
  while (status.error_code() != grpc::StatusCode::RESOURCE_EXHAUSTED) status = Classify(Request("x"), milliseconds(20));
  google::rpc::Status details;
  google::rpc::RetryInfo retry;
  ASSERT_TRUE(details.ParseFromString(status.error_details()));
  ASSERT_EQ(details.details_size(), 1);
  EXPECT_EQ(details.details(0).type_url(), "type.googleapis.com/google.rpc.RetryInfo");
  ASSERT_TRUE(details.details(0).UnpackTo(&retry));
  EXPECT_GE(retry.retry_delay().nanos(), 10000000);
  runner_->OpenGate();
  EXPECT_TRUE(held.get().ok());
  queued.get();
}

TEST_F(GrpcServerTest, ADeadlineThatPassesInTheQueueIsHonoured) {
  StartServer();
  auto held = HoldLane();
  EXPECT_EQ(Classify(Request("x"), milliseconds(30)).error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  while (admission_.calls() > 1) std::this_thread::yield();  // The server let go of it while the lane was held.
  runner_->OpenGate();
  EXPECT_TRUE(held.get().ok());
  EXPECT_EQ(runner_->batches().size(), 1u);
}

TEST_F(GrpcServerTest, ACallerWhoGoesIsForgotten) {
  StartServer();
  auto held = HoldLane();
  {
    grpc::ClientContext context;
    v1::ClassifyResponse response;
    auto call = std::async(std::launch::async, [&] { return stub_->Classify(&context, Request("x"), &response); });
    while (admission_.calls() < 2) std::this_thread::yield();
    context.TryCancel();
    EXPECT_EQ(call.get().error_code(), grpc::StatusCode::CANCELLED);
  }
  while (admission_.calls() > 1) std::this_thread::yield();
  runner_->OpenGate();
  EXPECT_TRUE(held.get().ok());
  EXPECT_EQ(runner_->batches().size(), 1u);
}

TEST_F(GrpcServerTest, HealthIsPerName) {
  StartServer();
  const auto health = Health::NewStub(channel_);
  const auto check = [&](const std::string& name) {
    grpc::ClientContext context;
    HealthCheckRequest request;
    HealthCheckResponse response;
    request.set_service(name);
    const grpc::Status status = health->Check(&context, request, &response);
    return status.ok() ? HealthCheckResponse::ServingStatus_Name(response.status()) : absl::StrCat(status.error_code());
  };
  EXPECT_EQ(check(""), "NOT_SERVING");
  server_->SetServing(true);
  EXPECT_EQ(check(""), "SERVING");
  EXPECT_EQ(check("sentiment"), absl::StrCat(grpc::StatusCode::NOT_FOUND));
  server_->health().Set("sentiment", false);
  EXPECT_EQ(check("sentiment"), "NOT_SERVING");
  server_->health().Set("sentiment", true);
  EXPECT_EQ(check("sentiment"), "SERVING");
}

TEST_F(GrpcServerTest, AWatcherHearsOfChangesAndDoesNotHoldTheShutdown) {
  StartServer();
  const auto health = Health::NewStub(channel_);
  grpc::ClientContext context;
  HealthCheckRequest request;
  request.set_service("sentiment");
  const auto stream = health->Watch(&context, request);
  HealthCheckResponse response;
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.status(), HealthCheckResponse::SERVICE_UNKNOWN);
  server_->health().Set("sentiment", true);
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.status(), HealthCheckResponse::SERVING);

  const auto start = std::chrono::steady_clock::now();
  auto shutdown = std::async(std::launch::async, [this] { return server_->Shutdown(seconds(20)); });
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.status(), HealthCheckResponse::NOT_SERVING);
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(shutdown.get(), 0);
  EXPECT_LT(std::chrono::steady_clock::now() - start, seconds(10));
}

TEST_F(GrpcServerTest, ShutdownAnswersWhatIsInFlight) {
  StartServer();
  auto held = HoldLane();
  auto shutdown = std::async(std::launch::async, [this] { return server_->Shutdown(seconds(20)); });
  EXPECT_EQ(shutdown.wait_for(milliseconds(50)), std::future_status::timeout);
  runner_->OpenGate();
  EXPECT_TRUE(held.get().ok());
  EXPECT_EQ(shutdown.get(), 0);
  EXPECT_EQ(Classify(Request("late")).error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(GrpcServerTest, ShutdownLosesPatience) {
  StartServer();
  auto held = HoldLane();
  EXPECT_EQ(server_->Shutdown(milliseconds(50)), 1);
  EXPECT_FALSE(held.get().ok());
  runner_->OpenGate();
}

TEST_F(GrpcServerTest, AnAddressInUseIsRefused) {
  StartServer();
  const std::string address = absl::StrCat("127.0.0.1:", server_->port());
  EXPECT_THAT(GrpcServer::Start({.address = address}, services_),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr(address)));
  EXPECT_TRUE(Classify(Request("still answering")).ok());
}

// A reflection request has the symbol in field 4, or "*" in field 7 to list services.
TEST_F(GrpcServerTest, ReflectionShowsThePublishedSchema) {
  StartServer();
  const std::string method = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";
  std::string reply;
  ASSERT_TRUE(SendBytes(method, "\x3a\x01*", &reply).ok());
  EXPECT_THAT(reply, HasSubstr("lathe.v1.Classifier"));
  EXPECT_THAT(reply, HasSubstr("grpc.health.v1.Health"));
  ASSERT_TRUE(SendBytes(method, std::string("\x22\x13lathe.v1.Classifier"), &reply).ok());
  EXPECT_THAT(reply, HasSubstr("lathe/v1/classifier.proto"));
  EXPECT_THAT(reply, Not(HasSubstr("lathe.wire")));
}

TEST_F(GrpcServerTest, ReflectionCanBeOff) {
  StartServer({.reflection = false});
  const std::string method = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";
  EXPECT_EQ(SendBytes(method, "\x3a\x01*").error_code(), grpc::StatusCode::UNIMPLEMENTED);
  EXPECT_TRUE(Classify(Request("still answering")).ok());
}

}  // namespace
}  // namespace lathe
