#include "server/handlers/classify.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/tokenizers/unicode/utf8.h"
#include "server/errors.h"
#include "server/handlers/render.h"
#include "server/handlers/tokenize.h"

namespace lathe {
namespace {

// What the stages of one call hand on.
struct Call {
  std::shared_ptr<RequestContext> context;
  const wire::ClassifyRequest& request;
  v1::ClassifyResponse& response;
  Done done;
  ModelMetrics* metrics = nullptr;
  std::shared_ptr<ServedModel> model = nullptr;
  std::optional<Admission::Permit> permit = std::nullopt;
};

// A call ends in Reject or in Complete, and both end here.
void Finish(Call& call, absl::Status status) {
  // Any other status was made by server/errors.cc; INTERNAL comes from within, and its text stays here.
  if (status.code() == absl::StatusCode::kInternal) {
    const std::string cause(status.message());
    Log(LogLevel::kError, "call failed", {{kRequestIdField, call.context->id()}, {"cause", cause}});
    status = errors::Internal(call.context->id());
  }
  call.permit.reset();
  call.done(status);
}

void Reject(Call& call, absl::Status status) {
  call.metrics->CallRejected(status.code(), Seconds(call.context->Elapsed()));
  Finish(call, std::move(status));
}

void Complete(Call& call, const absl::StatusOr<Outputs>& outputs) {
  absl::Status status = outputs.status();
  if (status.ok()) status = Render(call.model->options(), call.request.options(), *outputs, call.response);
  call.metrics->CallCompleted(status.code(), Seconds(call.context->Elapsed()));
  Finish(call, std::move(status));
}

ModelRegistry::Found Find(const ModelRegistry& models, const wire::ClassifyRequest& request) {
  if (const auto bad = FindInvalidUtf8(request.model())) {
    return {nullptr, errors::InvalidInput("model", absl::StrCat("not valid UTF-8 at byte ", *bad))};
  }
  return models.Find(request.model(), request.version());
}

// Finds the model; from here on `call.metrics` is where the call is counted.
absl::Status FindModel(Call& call) {
  const Services& services = call.context->services();
  ModelRegistry::Found found = Find(services.models, call.request);
  call.metrics = found.metrics != nullptr ? found.metrics : &services.metrics.unknown_model();
  call.metrics->CallReceived();
  ASSIGN_OR_RETURN(call.model, std::move(found.model));
  call.response.set_model(call.model->options().name);
  call.response.set_version(call.model->options().version);
  call.response.set_request_id(call.context->id());
  return absl::OkStatus();
}

// First admission: what is looked at costs next to nothing, and what is refused has cost no more.
absl::Status Admit(Call& call) {
  RETURN_IF_ERROR(CheckRequest(call.model->options(), call.request));
  RETURN_IF_ERROR(call.context->CheckWanted());
  call.permit = call.context->services().admission.TryEnter(static_cast<int64_t>(call.request.ByteSizeLong()));
  if (!call.permit.has_value()) return errors::TooManyCalls(call.model->batcher().RetryDelay());
  return absl::OkStatus();
}

absl::Status FindAndAdmit(Call& call) {
  RETURN_IF_ERROR(FindModel(call));
  return Admit(call);
}

absl::StatusOr<TokenizedCall> TokenizeTexts(Call& call) {
  TokenizedCall tokenized;
  tokenized.deadline = call.context->deadline();
  ASSIGN_OR_RETURN(tokenized.texts, Tokenize(*call.model, call.request, *call.context, call.response));
  call.response.mutable_timings()->set_tokenize_seconds(Seconds(call.context->Elapsed()));
  return tokenized;
}

// Hands the texts to the batcher; its answer goes on to a worker, since lanes compute and do nothing else.
absl::Status Submit(const std::shared_ptr<Call>& call, TokenizedCall tokenized) {
  const auto texts = static_cast<int64_t>(tokenized.texts.size());
  const double seconds = Seconds(call->context->Elapsed());
  tokenized.done = [call](absl::StatusOr<Outputs> outputs) {
    call->context->services().workers.ScheduleFinish(
        [call, outputs = std::move(outputs)] { Complete(*call, outputs); });
  };
  Batcher& batcher = call->model->batcher();
  ASSIGN_OR_RETURN(const Batcher::Ticket ticket, batcher.Submit(std::move(tokenized)));
  call->metrics->Tokenized(texts, seconds);
  call->context->OnCancel([model = call->model, ticket] { model->batcher().Cancel(ticket); });
  return absl::OkStatus();
}

absl::Status TokenizeAndSubmit(const std::shared_ptr<Call>& call) {
  ASSIGN_OR_RETURN(TokenizedCall tokenized, TokenizeTexts(*call));
  return Submit(call, std::move(tokenized));
}

}  // namespace

void Classify(std::shared_ptr<RequestContext> context, const wire::ClassifyRequest& request,
              v1::ClassifyResponse& response, Done done) {
  const std::shared_ptr<Call> call(new Call{std::move(context), request, response, std::move(done)});
  if (absl::Status status = FindAndAdmit(*call); !status.ok()) return Reject(*call, std::move(status));
  call->context->services().workers.ScheduleStart([call] {
    if (absl::Status status = TokenizeAndSubmit(call); !status.ok()) Reject(*call, std::move(status));
  });
}

}  // namespace lathe
