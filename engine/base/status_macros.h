// RETURN_IF_ERROR and ASSIGN_OR_RETURN, with the semantics of newer Abseil's status_macros.h, which Debian 12's lacks.
//
//   RETURN_IF_ERROR(file.Close());
//   ASSIGN_OR_RETURN(Tensor tensor, weights.Read(name));
//
// Annotate() puts a place in front of an error on its way up and keeps its code:
//   RETURN_IF_ERROR(Annotate(Parse(text), path));        // "models/x/config.json: dim: got 0, wanted at least 1"
#ifndef LATHE_ENGINE_BASE_STATUS_MACROS_H_
#define LATHE_ENGINE_BASE_STATUS_MACROS_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace lathe {

// Returns `status` with "`place`: " before its message; an OK status stays as it is.
inline absl::Status Annotate(const absl::Status& status, absl::string_view place) {
  if (status.ok()) return status;
  absl::Status annotated(status.code(), absl::StrCat(place, ": ", status.message()));
  status.ForEachPayload([&](absl::string_view url, const absl::Cord& payload) { annotated.SetPayload(url, payload); });
  return annotated;
}

template <typename T>
absl::StatusOr<T> Annotate(absl::StatusOr<T> result, absl::string_view place) {
  if (result.ok()) return result;
  return Annotate(result.status(), place);
}

}  // namespace lathe

#define RETURN_IF_ERROR(expression)                \
  do {                                             \
    ::absl::Status lathe_status_ = (expression);   \
    if (!lathe_status_.ok()) return lathe_status_; \
  } while (false)

#define LATHE_MACRO_CONCAT_INNER_(a, b) a##b
#define LATHE_MACRO_CONCAT_(a, b) LATHE_MACRO_CONCAT_INNER_(a, b)

#define ASSIGN_OR_RETURN(declaration, expression) \
  LATHE_ASSIGN_OR_RETURN_(LATHE_MACRO_CONCAT_(lathe_result_, __LINE__), declaration, expression)

#define LATHE_ASSIGN_OR_RETURN_(result, declaration, expression) \
  auto result = (expression);                                    \
  if (!result.ok()) return std::move(result).status();           \
  declaration = *std::move(result)

#endif  // LATHE_ENGINE_BASE_STATUS_MACROS_H_
