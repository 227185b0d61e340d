#include "server/errors.h"

#include <string>

#include "absl/strings/cord.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace lathe::errors {
namespace {

// Inside the process the delay is a payload of nanoseconds in decimal; the transport gives it its form on the wire.
constexpr char kRetryDelayPayload[] = "lathe/retry_delay_nanoseconds";
constexpr size_t kMaxQuotedBytes = 64;

absl::Status Exhausted(absl::string_view message, std::chrono::nanoseconds retry_delay) {
  absl::Status status = absl::ResourceExhaustedError(message);
  status.SetPayload(kRetryDelayPayload, absl::Cord(absl::StrCat(retry_delay.count())));
  return status;
}

}  // namespace

absl::Status NotARequest(absl::string_view message_name) {
  return absl::InvalidArgumentError(absl::StrCat("request: the bytes are no ", message_name));
}

absl::Status NoInputs() { return absl::InvalidArgumentError("inputs: got none, wanted at least 1"); }

absl::Status TooManyInputs(int64_t got, int64_t most) {
  return absl::InvalidArgumentError(
      absl::StrCat("inputs: got ", got, ", wanted at most ", most, "; send several calls"));
}

absl::Status TextTooLong(absl::string_view field, int64_t got_bytes, int64_t most_bytes) {
  return absl::InvalidArgumentError(absl::StrCat(field, ": got ", got_bytes, " bytes, wanted at most ", most_bytes));
}

absl::Status CallTooLarge(int64_t got_tokens, int64_t most_tokens) {
  return absl::InvalidArgumentError(
      absl::StrCat("inputs: got ", got_tokens, " tokens in all, wanted at most ", most_tokens, "; send several calls"));
}

absl::Status InvalidInput(absl::string_view field, absl::string_view problem) {
  return absl::InvalidArgumentError(absl::StrCat(field, ": ", problem));
}

absl::Status OptionOutOfRange(absl::string_view field, int64_t got, int64_t least, int64_t most) {
  return absl::InvalidArgumentError(absl::StrCat(field, ": got ", got, ", wanted ", least, " to ", most));
}

absl::Status ModelNotNamed(absl::string_view served) {
  return absl::InvalidArgumentError(absl::StrCat("model: got no name, wanted one of: ", served));
}

absl::Status ModelNotFound(absl::string_view name, absl::string_view served) {
  return absl::NotFoundError(absl::StrCat("model: ", Quote(name), " is not served; served: ", served));
}

absl::Status VersionNotFound(absl::string_view name, int64_t version, absl::string_view served) {
  return absl::NotFoundError(
      absl::StrCat("version: model ", Quote(name), " has no version ", version, "; served: ", served));
}

absl::Status ModelNotReady(absl::string_view name, absl::string_view state) {
  return absl::UnavailableError(absl::StrCat("model ", Quote(name), " is ", state));
}

absl::Status ShuttingDown() { return absl::UnavailableError("the server is shutting down"); }

absl::Status TooManyCalls(std::chrono::nanoseconds retry_delay) {
  return Exhausted("too many calls or bytes are in flight; try again later", retry_delay);
}

absl::Status QueueFull(std::chrono::nanoseconds retry_delay) {
  return Exhausted("the model's queue is full; try again later", retry_delay);
}

std::optional<std::chrono::nanoseconds> RetryDelay(const absl::Status& status) {
  const auto payload = status.GetPayload(kRetryDelayPayload);
  int64_t nanoseconds;
  if (!payload.has_value() || !absl::SimpleAtoi(std::string(*payload), &nanoseconds)) return std::nullopt;
  return std::chrono::nanoseconds(nanoseconds);
}

absl::Status DeadlinePassed() { return absl::DeadlineExceededError("the deadline passed before the answer was ready"); }

absl::Status CallerGone() { return absl::CancelledError("the caller cancelled the call"); }

absl::Status Internal(absl::string_view request_id) {
  return absl::InternalError(
      absl::StrCat("a fault of the server; its log has the cause under request_id ", request_id));
}

std::string Quote(absl::string_view text) {
  const bool cut = text.size() > kMaxQuotedBytes;
  return absl::StrCat("\"", absl::CHexEscape(text.substr(0, kMaxQuotedBytes)), cut ? "\"..." : "\"");
}

}  // namespace lathe::errors
