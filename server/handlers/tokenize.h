// The texts of a request, checked and turned into tokens.
#ifndef LATHE_SERVER_HANDLERS_TOKENIZE_H_
#define LATHE_SERVER_HANDLERS_TOKENIZE_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lathe/v1/classifier.pb.h"
#include "server/handlers/request_context.h"
#include "server/handlers/wire.pb.h"
#include "server/registry/served_model.h"

namespace lathe {

// What can be refused by looking at sizes alone: the number of inputs, their bytes, the options.
// Errors: INVALID_ARGUMENT naming field and index.
absl::Status CheckRequest(const ServedModelOptions& model, const wire::ClassifyRequest& request);

// Encodes every input in order, and adds a result with its token count to `response` for each.
// Errors: INVALID_ARGUMENT naming field and index (not UTF-8, too long where that is an error); DEADLINE_EXCEEDED or
// CANCELLED, looked at between texts.
absl::StatusOr<std::vector<Encoding>> Tokenize(const ServedModel& model, const wire::ClassifyRequest& request,
                                               const RequestContext& context, v1::ClassifyResponse& response);

}  // namespace lathe

#endif  // LATHE_SERVER_HANDLERS_TOKENIZE_H_
