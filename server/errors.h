// Every error that a client can see, one function each, so that all of them read alike and name field, got and wanted.
//
// docs/life_of_a_request.md has the table of codes; server/service/grpc_status.h turns them into gRPC's. Statuses from
// elsewhere are never sent as they are: the engine's become Internal(), the tokenizer's become InvalidInput(). Names
// and texts from the client are escaped and cut before they enter a message.
#ifndef LATHE_SERVER_ERRORS_H_
#define LATHE_SERVER_ERRORS_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace lathe::errors {

// INVALID_ARGUMENT. `field` is a path into the request, such as "inputs[3].text".
absl::Status NotARequest(absl::string_view message_name);
absl::Status NoInputs();
absl::Status TooManyInputs(int64_t got, int64_t most);
absl::Status TextTooLong(absl::string_view field, int64_t got_bytes, int64_t most_bytes);
absl::Status CallTooLarge(int64_t got_tokens, int64_t most_tokens);
absl::Status InvalidInput(absl::string_view field, absl::string_view problem);
absl::Status OptionOutOfRange(absl::string_view field, int64_t got, int64_t least, int64_t most);
// No name in the request, but several models to choose from; `served` lists them.
absl::Status ModelNotNamed(absl::string_view served);

// NOT_FOUND.
absl::Status ModelNotFound(absl::string_view name, absl::string_view served);
absl::Status VersionNotFound(absl::string_view name, int64_t version, absl::string_view served);

// UNAVAILABLE.
absl::Status ModelNotReady(absl::string_view name, absl::string_view state);
absl::Status ShuttingDown();

// RESOURCE_EXHAUSTED, with a delay that RetryDelay reads back.
absl::Status TooManyCalls(std::chrono::nanoseconds retry_delay);
absl::Status QueueFull(std::chrono::nanoseconds retry_delay);
std::optional<std::chrono::nanoseconds> RetryDelay(const absl::Status& status);

// DEADLINE_EXCEEDED and CANCELLED.
absl::Status DeadlinePassed();
absl::Status CallerGone();

// INTERNAL: the cause goes to the log under `request_id`, and only the id to the client.
absl::Status Internal(absl::string_view request_id);

// `text` in double quotes, with everything but printable ASCII escaped, cut after 64 bytes.
std::string Quote(absl::string_view text);

}  // namespace lathe::errors

#endif  // LATHE_SERVER_ERRORS_H_
