// What the model computed, as the client sees it.
#ifndef LATHE_SERVER_HANDLERS_RENDER_H_
#define LATHE_SERVER_HANDLERS_RENDER_H_

#include "absl/status/status.h"
#include "lathe/v1/classifier.pb.h"
#include "server/batching/call_queue.h"
#include "server/registry/served_model.h"

namespace lathe {

// Fills in labels, logits and times. `response` already has one result for each row of `outputs.logits`.
// Errors: INTERNAL (a logit that is not finite).
absl::Status Render(const ServedModelOptions& model, const v1::ClassifyOptions& options, const Outputs& outputs,
                    v1::ClassifyResponse& response);

}  // namespace lathe

#endif  // LATHE_SERVER_HANDLERS_RENDER_H_
