// The handler without transport: every status of docs/life_of_a_request.md, and that the counters add up.
#include "server/handlers/classify.h"

#include <atomic>
#include <chrono>
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "engine/base/status_matchers.h"
#include "server/batching/fake_clock.h"
#include "server/batching/fake_runner.h"
#include "server/registry/fake_model.h"

namespace lathe {
namespace {

using absl::StatusCode;
using std::chrono::seconds;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

// A copy that shares nothing: the thread sanitizer cannot see how Debian's Abseil, which is not instrumented, counts
// the references to a status that two threads hold.
absl::Status Detached(const absl::Status& status) {
  if (status.ok()) return status;
  absl::Status copy(status.code(), status.message());
  status.ForEachPayload([&](absl::string_view url, const absl::Cord& payload) { copy.SetPayload(url, payload); });
  return copy;
}

// One call from request to answer.
struct Exchange {
  wire::ClassifyRequest request;
  v1::ClassifyResponse response;
  std::shared_ptr<RequestContext> context;

  void Set(const absl::Status& answer) {
    MutexLock lock(&mutex);
    ++answers;
    status = Detached(answer);
    answered.NotifyAll();
  }
  absl::Status Await() {
    MutexLock lock(&mutex);
    while (answers == 0) answered.Wait(&mutex);
    return status;
  }

  Mutex mutex;
  CondVar answered;
  int answers ABSL_GUARDED_BY(mutex) = 0;
  absl::Status status ABSL_GUARDED_BY(mutex);
};

class ClassifyTest : public testing::Test {
 protected:
  explicit ClassifyTest(Admission::Limits limits = {}) : admission_(limits) {
    runner_ = new FakeRunner;
    ServedModelOptions options;
    options.name = "sentiment";
    options.max_length = 40;
    options.max_texts_per_call = 8;
    options.max_bytes_per_text = 100;
    options.batching.token_budget = 64;
    options.batching.max_queue_calls = 2;
    ModelMetrics& model_metrics = metrics_.AddModel("sentiment", 1);
    models_.Add("sentiment", 1, model_metrics);
    model_ = MakeFakeModel(options, model_metrics, clock_, std::unique_ptr<FakeRunner>(runner_));
    models_.SetReady(model_);
  }

  std::unique_ptr<Exchange> Start(const wire::ClassifyRequest& request, TimePoint deadline = kNoDeadline) {
    auto exchange = std::make_unique<Exchange>();
    exchange->request = request;
    exchange->context = std::make_shared<RequestContext>(services_, deadline);
    Classify(exchange->context, exchange->request, exchange->response,
             [e = exchange.get()](const absl::Status& status) { e->Set(status); });
    return exchange;
  }

  static wire::ClassifyRequest Request(const std::vector<std::string>& texts) {
    wire::ClassifyRequest request;
    request.set_model("sentiment");
    for (const std::string& text : texts) request.add_inputs()->set_text(text);
    return request;
  }

  absl::Status StatusOf(const wire::ClassifyRequest& request) { return Start(request)->Await(); }

  // Waits until a call of one text holds the lane.
  std::unique_ptr<Exchange> HoldLane() {
    runner_->CloseGate();
    auto exchange = Start(Request({"hold"}));
    runner_->AwaitBatches(1);
    return exchange;
  }

  // The sum of a counter over all its labels that contain `label`.
  double Counter(absl::string_view name, absl::string_view label = "") {
    double sum = 0;
    const std::string text = metrics_.Render();
    for (const absl::string_view line : absl::StrSplit(text, '\n')) {
      const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(line, absl::MaxSplits(' ', 1));
      double value = 0;
      if (absl::StartsWith(line, absl::StrCat(name, "{")) && absl::StrContains(line, label) &&
          absl::SimpleAtod(parts.second, &value)) {
        sum += value;
      }
    }
    return sum;
  }

  SteadyClock clock_;
  Metrics metrics_{"test"};
  ModelRegistry models_;
  Admission admission_;
  FakeRunner* runner_;
  std::shared_ptr<ServedModel> model_;
  WorkerPool workers_{2};
  Services services_{models_, admission_, workers_, metrics_, clock_};
};

TEST_F(ClassifyTest, AnswersEveryInputInOrder) {
  wire::ClassifyRequest request = Request({"a", "bcd"});
  request.mutable_inputs(1)->set_pair("e");
  request.mutable_options()->set_raw_logits(true);
  const auto exchange = Start(request);
  ASSERT_OK(exchange->Await());
  const v1::ClassifyResponse& response = exchange->response;
  ASSERT_EQ(response.results_size(), 2);
  EXPECT_EQ(response.model(), "sentiment");
  EXPECT_EQ(response.version(), 1);
  EXPECT_EQ(response.request_id(), exchange->context->id());
  EXPECT_EQ(response.results(0).tokens(), 2);
  EXPECT_EQ(response.results(1).tokens(), 6);
  EXPECT_EQ(response.results(0).logits(0), FakeRunner::FakeLogit({1, 'a' + 2}, 0));
  EXPECT_EQ(response.results(1).logits(0), FakeRunner::FakeLogit({1, 'b' + 2, 'c' + 2, 'd' + 2, 1, 'e' + 2}, 0));
  EXPECT_EQ(response.results(0).labels(0).name(), "negative");  // FakeRunner's logit 0 is the larger one.
  EXPECT_NEAR(response.results(0).labels(0).score() + response.results(0).labels(1).score(), 1.0, 1e-6);
  EXPECT_FALSE(response.results(0).truncated());
}

TEST_F(ClassifyTest, TopKAndLogitsAreOptions) {
  wire::ClassifyRequest request = Request({"a"});
  request.mutable_options()->set_top_k(1);
  const auto exchange = Start(request);
  ASSERT_OK(exchange->Await());
  EXPECT_EQ(exchange->response.results(0).labels_size(), 1);
  EXPECT_EQ(exchange->response.results(0).logits_size(), 0);
}

TEST_F(ClassifyTest, ALongTextIsTruncatedOrRefusedAsAsked) {
  wire::ClassifyRequest request = Request({"ok", std::string(60, 'x')});
  auto exchange = Start(request);
  ASSERT_OK(exchange->Await());
  EXPECT_TRUE(exchange->response.results(1).truncated());
  EXPECT_EQ(exchange->response.results(1).tokens(), 40);
  request.mutable_options()->set_max_length(10);
  exchange = Start(request);
  ASSERT_OK(exchange->Await());
  EXPECT_EQ(exchange->response.results(1).tokens(), 10);
  request.mutable_options()->set_truncation(v1::TRUNCATION_ERROR);
  EXPECT_THAT(StatusOf(request), StatusIs(StatusCode::kInvalidArgument, "inputs[1].text: too long"));
}

TEST_F(ClassifyTest, MisuseIsNamed) {
  const auto invalid = [](absl::string_view message) {
    return StatusIs(StatusCode::kInvalidArgument, HasSubstr(std::string(message)));
  };
  EXPECT_THAT(StatusOf(Request({})), invalid("inputs: got none"));
  EXPECT_THAT(StatusOf(Request(std::vector<std::string>(9, "x"))), invalid("inputs: got 9, wanted at most 8"));
  EXPECT_THAT(StatusOf(Request({"x", std::string(101, 'x')})), invalid("inputs[1].text: got 101 bytes"));
  EXPECT_THAT(StatusOf(Request({"x", "y", "ab\xff"})), invalid("inputs[2].text: not UTF-8 at byte 2"));
  wire::ClassifyRequest request = Request({"x"});
  request.set_model("ab\xff");
  EXPECT_THAT(StatusOf(request), invalid("model: not valid UTF-8 at byte 2"));
  request.set_model("sentiment");
  request.mutable_options()->set_top_k(-1);
  EXPECT_THAT(StatusOf(request), invalid("options.top_k: got -1"));
  request.mutable_options()->set_top_k(0);
  request.mutable_options()->set_max_length(41);
  EXPECT_THAT(StatusOf(request), invalid("options.max_length: got 41, wanted 1 to 40"));
  request.mutable_options()->set_max_length(0);
  request.mutable_options()->set_truncation(static_cast<v1::Truncation>(9));
  EXPECT_THAT(StatusOf(request), invalid("options.truncation: got 9"));
  EXPECT_OK(StatusOf(Request({"still answering"})));
}

TEST_F(ClassifyTest, AnUnknownModelIsNotFound) {
  wire::ClassifyRequest request = Request({"x"});
  request.set_model("nonesuch");
  EXPECT_THAT(StatusOf(request), StatusIs(StatusCode::kNotFound, HasSubstr("nonesuch")));
  EXPECT_EQ(Counter("lathe_requests_rejected_total", "_unknown"), 1);
}

TEST_F(ClassifyTest, AModelThatDrainsIsUnavailable) {
  models_.SetState("sentiment", 1, ModelState::kDraining);
  EXPECT_THAT(StatusOf(Request({"x"})), StatusIs(StatusCode::kUnavailable));
}

TEST_F(ClassifyTest, ADeadlineInThePastCostsNothing) {
  const auto exchange = Start(Request({"x"}), clock_.Now() - seconds(1));
  EXPECT_THAT(exchange->Await(), StatusIs(StatusCode::kDeadlineExceeded));
  EXPECT_TRUE(runner_->batches().empty());
}

TEST_F(ClassifyTest, ACallerWhoIsGoneIsAnsweredAtOnce) {
  const auto held = HoldLane();
  const auto exchange = Start(Request({"x"}));
  exchange->context->Cancel();
  EXPECT_THAT(exchange->Await(), StatusIs(StatusCode::kCancelled));
  runner_->OpenGate();
  EXPECT_OK(held->Await());
}

TEST_F(ClassifyTest, AFullQueueIsRefusedWithADelay) {
  const auto held = HoldLane();
  const auto first = Start(Request({"x"}));
  const auto second = Start(Request({"x"}));
  while (Counter("lathe_requests_accepted_total") < 3) std::this_thread::yield();
  const absl::Status status = StatusOf(Request({"x"}));
  EXPECT_THAT(status, StatusIs(StatusCode::kResourceExhausted));
  EXPECT_TRUE(errors::RetryDelay(status).has_value());
  runner_->OpenGate();
  EXPECT_OK(first->Await());
  EXPECT_OK(second->Await());
}

TEST_F(ClassifyTest, AFaultShowsNothingButAnId) {
  runner_->set_after_run([](const Batch&, absl::Span<float> logits) {
    logits[0] = std::numeric_limits<float>::infinity();
    return absl::OkStatus();
  });
  const auto exchange = Start(Request({"x"}));
  EXPECT_THAT(exchange->Await(),
              StatusIs(StatusCode::kInternal, AllOf(HasSubstr(exchange->context->id()), Not(HasSubstr("inf")))));
}

class SmallAdmissionTest : public ClassifyTest {
 protected:
  SmallAdmissionTest() : ClassifyTest({.calls = 1, .bytes = 1000}) {}
};

TEST_F(SmallAdmissionTest, TooManyCallsAreRefusedBeforeAnyWork) {
  const auto held = HoldLane();
  EXPECT_THAT(StatusOf(Request({"x"})), StatusIs(StatusCode::kResourceExhausted, HasSubstr("in flight")));
  runner_->OpenGate();
  EXPECT_OK(held->Await());
  EXPECT_OK(StatusOf(Request({"x"})));
}

// received = rejected + accepted and accepted = ok + failed + cancelled + expired, whatever happens to the calls.
TEST_F(ClassifyTest, CountersAddUpUnderEverythingAtOnce) {
  const uint32_t seed = std::random_device{}();
  std::cout << "seed " << seed << "\n";
  std::atomic<int> ok{0};
  const auto client = [&](uint32_t number) {
    std::mt19937 random(seed + number);
    for (int i = 0; i < 300; ++i) {
      wire::ClassifyRequest request = Request({"some", "texts"});
      const uint32_t kind = random() % 6;
      if (kind == 0) request.set_model("nonesuch");
      if (kind == 1) request.clear_inputs();
      if (kind == 2) request.mutable_inputs(1)->set_text("\xff");
      const auto exchange = Start(request, kind == 3 ? clock_.Now() + std::chrono::microseconds(50) : kNoDeadline);
      if (kind == 4) exchange->context->Cancel();
      if (exchange->Await().ok()) ++ok;
      MutexLock lock(&exchange->mutex);
      EXPECT_EQ(exchange->answers, 1);
    }
  };
  std::vector<std::thread> clients;
  for (uint32_t number = 0; number < 4; ++number) clients.emplace_back(client, number);
  for (std::thread& thread : clients) thread.join();
  const double accepted = Counter("lathe_requests_accepted_total");
  EXPECT_EQ(Counter("lathe_requests_received_total"), 1200);
  EXPECT_EQ(Counter("lathe_requests_rejected_total") + accepted, 1200);
  EXPECT_EQ(Counter("lathe_requests_completed_total"), accepted);
  EXPECT_EQ(Counter("lathe_requests_completed_total", "\"ok\""), ok);
  EXPECT_GT(ok, 0);
  EXPECT_EQ(admission_.calls(), 0);
}

}  // namespace
}  // namespace lathe
