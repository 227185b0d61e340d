// Thousands of calls at once through the real server: every answer goes to its caller and equals the answer that its
// text gets alone.
//
// The number of calls is LATHE_CALLS (500 unless set; the long form in CMakeLists.txt has 10,000). Texts are unique, 1
// to 16 to a call, as long as SST-2's sentences with a tail up to 512 tokens.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "engine/base/mutex.h"
#include "engine/base/status_matchers.h"
#include "engine/loader/model.h"
#include "grpcpp/create_channel.h"
#include "lathe/v1/classifier.grpc.pb.h"
#include "server/daemon.h"

namespace lathe {
namespace {

constexpr char kModels[] = LATHE_SOURCE_DIR "/models";
// One: what a text gets alone must not depend on how threads share it.
constexpr int kThreads = 1;
// A channel's calls share one connection; several of them spread the load over connections as many clients would.
constexpr int kChannels = 16;

int CallCount() {
  const char* calls = std::getenv("LATHE_CALLS");
  return calls == nullptr ? 500 : std::atoi(calls);
}

std::vector<std::string> Words() {
  std::vector<std::string> words;
  std::ifstream in(absl::StrCat(kModels, "/sst2-distilminilm/vocab.txt"));
  for (std::string line; std::getline(in, line);) {
    if (line.size() > 2 && std::isalpha(static_cast<unsigned char>(line[0])) != 0) words.push_back(line);
  }
  return words;
}

// Word counts as SST-2's sentences have them (median 19, most below 50), and one in a hundred up to the longest text.
int WordCount(std::mt19937& random) {
  if (random() % 100 == 0) return 50 + static_cast<int>(random() % 460);
  return std::clamp(static_cast<int>(std::lround(std::normal_distribution<>(19, 9)(random))), 1, 50);
}

// One call: the number in its texts makes them unique.
v1::ClassifyRequest MakeRequest(int number, const std::vector<std::string>& words, std::mt19937& random) {
  v1::ClassifyRequest request;
  request.mutable_options()->set_raw_logits(true);
  for (int i = 1 + static_cast<int>(random() % 16); i > 0; --i) {
    std::string text = absl::StrCat(number, " ", i);
    for (int n = WordCount(random); n > 0; --n) absl::StrAppend(&text, " ", words[random() % words.size()]);
    request.add_inputs()->set_text(text);
  }
  return request;
}

struct Call {
  v1::ClassifyRequest request;
  v1::ClassifyResponse response;
  grpc::ClientContext context;
  grpc::Status status;
};

class Countdown {
 public:
  explicit Countdown(int count) : count_(count) {}
  void Done() {
    MutexLock lock(&mutex_);
    if (--count_ == 0) zero_.NotifyAll();
  }
  void Await() {
    MutexLock lock(&mutex_);
    while (count_ > 0) zero_.Wait(&mutex_);
  }

 private:
  Mutex mutex_;
  CondVar zero_;
  int count_ ABSL_GUARDED_BY(mutex_);
};

std::unique_ptr<Daemon> StartDaemon() {
  ServerConfig config;
  config.grpc.address = "127.0.0.1:0";
  config.http.address = "";
  config.log.level = LogLevel::kWarning;
  const std::string file = LATHE_SOURCE_DIR "/configs/models/sentiment.yaml";
  absl::StatusOr<Manifest> manifest = LoadManifest(file);
  EXPECT_OK(manifest);
  manifest->batching.max_queue_calls = 1000000;
  manifest->batching.max_queue_tokens = int64_t{1} << 40;
  absl::StatusOr<std::unique_ptr<Daemon>> daemon = Daemon::Start(config, {*manifest});
  EXPECT_OK(daemon);
  return *std::move(daemon);
}

// Starts all calls at once and waits for all answers.
void CallAll(int port, std::vector<std::unique_ptr<Call>>& calls) {
  std::vector<std::unique_ptr<v1::Classifier::Stub>> stubs;
  for (int i = 0; i < kChannels; ++i) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    const std::string address = absl::StrCat("127.0.0.1:", port);
    stubs.push_back(
        v1::Classifier::NewStub(grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments)));
  }
  Countdown countdown(static_cast<int>(calls.size()));
  for (size_t i = 0; i < calls.size(); ++i) {
    Call& call = *calls[i];
    stubs[i % kChannels]->async()->Classify(&call.context, &call.request, &call.response, [&](grpc::Status status) {
      call.status = std::move(status);
      countdown.Done();
    });
  }
  countdown.Await();
}

std::vector<float> LogitsAlone(const Model& model, const std::string& text) {
  const auto encoding = model.tokenizer()->Encode(text, std::nullopt, {.max_length = model.max_length()});
  EXPECT_OK(encoding);
  std::vector<int32_t> positions(encoding->ids.size());
  for (size_t i = 0; i < positions.size(); ++i) positions[i] = static_cast<int32_t>(i);
  const std::vector<int32_t> cu_seqlens = {0, static_cast<int32_t>(positions.size())};
  std::vector<float> logits(model.labels());
  EXPECT_OK(model.Run({encoding->ids, encoding->segment_ids, positions, cu_seqlens}, absl::MakeSpan(logits)));
  return logits;
}

// The bound that tests/golden/golden.h has for logits: f32 sums in another order.
bool Near(float a, float b) { return std::abs(a - b) <= 2e-4f + 2e-4f * std::abs(b); }

// Number of texts whose answer is not that of the text alone.
int CountWrong(const Model& model, const Call& call) {
  int wrong = 0;
  for (int i = 0; i < call.request.inputs_size(); ++i) {
    const std::vector<float> alone = LogitsAlone(model, call.request.inputs(i).text());
    const auto& logits = call.response.results(i).logits();
    if (!std::equal(logits.begin(), logits.end(), alone.begin(), alone.end(), Near)) ++wrong;
  }
  return wrong;
}

TEST(ConcurrencyTest, EveryAnswerIsThatOfItsTextAlone) {
  const uint32_t seed = std::random_device{}();
  std::cout << "seed " << seed << ", calls " << CallCount() << "\n";
  std::mt19937 random(seed);
  const std::vector<std::string> words = Words();
  std::vector<std::unique_ptr<Call>> calls;
  for (int i = 0; i < CallCount(); ++i) {
    calls.push_back(std::make_unique<Call>());
    calls.back()->request = MakeRequest(i, words, random);
  }
  const std::unique_ptr<Daemon> daemon = StartDaemon();
  const auto start = std::chrono::steady_clock::now();
  CallAll(daemon->grpc_port(), calls);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  EXPECT_EQ(daemon->Stop(), 0);

  ThreadPool pool(kThreads);
  ModelOptions options;
  options.folder = absl::StrCat(kModels, "/sst2-distilminilm");
  ASSERT_OK_AND_ASSIGN(const auto model, Model::Load(options, &pool));
  int64_t texts = 0;
  int wrong = 0;
  for (const auto& call : calls) {
    ASSERT_TRUE(call->status.ok()) << call->status.error_message();
    ASSERT_EQ(call->response.results_size(), call->request.inputs_size());
    texts += call->request.inputs_size();
    wrong += CountWrong(*model, *call);
  }
  EXPECT_EQ(wrong, 0);
  std::cout << texts << " texts in " << seconds.count() << " s\n";
}

}  // namespace
}  // namespace lathe
