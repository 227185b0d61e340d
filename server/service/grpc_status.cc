#include "server/service/grpc_status.h"

#include <chrono>
#include <string>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "server/errors.h"

namespace lathe {
namespace {

constexpr int64_t kNanosecondsPerSecond = 1000000000;

std::string RetryDetails(grpc::StatusCode code, const std::string& message, std::chrono::nanoseconds delay) {
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(delay.count() / kNanosecondsPerSecond);
  retry.mutable_retry_delay()->set_nanos(static_cast<int32_t>(delay.count() % kNanosecondsPerSecond));
  google::rpc::Status details;
  details.set_code(code);
  details.set_message(message);
  details.add_details()->PackFrom(retry);
  return details.SerializeAsString();
}

}  // namespace

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  const auto code = static_cast<grpc::StatusCode>(status.code());  // The numbers are the same.
  const std::string message(status.message());
  if (const auto delay = errors::RetryDelay(status)) return {code, message, RetryDetails(code, message, *delay)};
  return {code, message};
}

}  // namespace lathe
