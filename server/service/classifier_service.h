// lathe.v1.Classifier over gRPC: takes bytes off the wire, hands them to the handlers, and knows nothing else.
#ifndef LATHE_SERVER_SERVICE_CLASSIFIER_SERVICE_H_
#define LATHE_SERVER_SERVICE_CLASSIFIER_SERVICE_H_

#include <memory>

#include "grpcpp/impl/service_type.h"
#include "server/handlers/request_context.h"
#include "server/service/active_calls.h"

namespace lathe {

// Requests arrive as bytes and are parsed by the server's own schema (server/handlers/wire.proto), so that a text that
// is not UTF-8 gets an answer that names it. `services` and `active` outlive the service.
std::unique_ptr<grpc::Service> MakeClassifierService(const Services& services, ActiveCalls& active);

}  // namespace lathe

#endif  // LATHE_SERVER_SERVICE_CLASSIFIER_SERVICE_H_
