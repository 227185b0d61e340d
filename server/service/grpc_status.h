// The one place where our statuses become gRPC's.
#ifndef LATHE_SERVER_SERVICE_GRPC_STATUS_H_
#define LATHE_SERVER_SERVICE_GRPC_STATUS_H_

#include "absl/status/status.h"
#include "grpcpp/support/status.h"

namespace lathe {

// Code and message stay; a retry delay (errors::RetryDelay) becomes a google.rpc.RetryInfo in a google.rpc.Status,
// which travels as `grpc-status-details-bin`.
grpc::Status ToGrpcStatus(const absl::Status& status);

}  // namespace lathe

#endif  // LATHE_SERVER_SERVICE_GRPC_STATUS_H_
