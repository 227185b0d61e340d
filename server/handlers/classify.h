// Answers lathe.v1.Classifier/Classify, whatever the transport.
//
// The walk of a call: find the model, admit, tokenize, submit to the batcher, render. The first part runs on the
// caller's thread and is short; tokenizing and rendering run on workers; compute runs on the model's lanes. Nobody
// waits for anybody.
#ifndef LATHE_SERVER_HANDLERS_CLASSIFY_H_
#define LATHE_SERVER_HANDLERS_CLASSIFY_H_

#include <memory>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "lathe/v1/classifier.pb.h"
#include "server/handlers/request_context.h"
#include "server/handlers/wire.pb.h"

namespace lathe {

// Called exactly once, on any thread, maybe before Classify returns. Every status is one that a client may see.
using Done = absl::AnyInvocable<void(const absl::Status&)>;

// Fills `response` and calls `done`. The call is counted in the metrics of its model, or of the unknown model, as
// received and then, before `done`, as rejected or as accepted and completed. Lifetime: `request` and `response` live
// until `done` is called. Errors: as the comments of classifier.proto say.
void Classify(std::shared_ptr<RequestContext> context, const wire::ClassifyRequest& request,
              v1::ClassifyResponse& response, Done done);

}  // namespace lathe

#endif  // LATHE_SERVER_HANDLERS_CLASSIFY_H_
