#include "engine/ir/ops/checks.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"

namespace lathe {
namespace {

absl::Status Mismatch(absl::string_view role, const Type& type, absl::string_view wanted) {
  return absl::InvalidArgumentError(absl::StrCat(role, ": got ", type.ToString(), ", wanted ", wanted));
}

}  // namespace

absl::Status WantDType(absl::string_view role, const Type& type, DType dtype) {
  return type.dtype == dtype ? absl::OkStatus() : Mismatch(role, type, Name(dtype));
}

absl::Status WantRank(absl::string_view role, const Type& type, int64_t rank) {
  return type.rank() == rank ? absl::OkStatus() : Mismatch(role, type, absl::StrCat("rank ", rank));
}

absl::Status WantDim(absl::string_view role, const Type& type, int64_t axis, const Dim& wanted) {
  if (axis < type.rank() && type.shape[static_cast<size_t>(axis)] == wanted) return absl::OkStatus();
  return Mismatch(role, type, absl::StrCat(wanted.ToString(), " as dimension ", axis));
}

absl::Status WantType(absl::string_view role, const Type& type, const Type& wanted) {
  return type == wanted ? absl::OkStatus() : Mismatch(role, type, wanted.ToString());
}

absl::Status WantRows(absl::string_view role, const Type& type) {
  RETURN_IF_ERROR(WantDType(role, type, DType::kF32));
  if (type.rank() >= 1 && type.shape.back().is_constant() && type.shape.back().constant >= 1) return absl::OkStatus();
  return Mismatch(role, type, "rows: a last dimension that is a positive number");
}

absl::Status WantCuSeqlens(const Type& type) { return WantType("cu_seqlens", type, Type{DType::kI32, {Dim::N() + 1}}); }

int64_t Width(const Type& type) { return type.shape.back().constant; }

absl::StatusOr<Shape> BroadcastShapes(const Shape& a, const Shape& b) {
  Shape result(std::max(a.size(), b.size()), Dim(1));
  for (size_t i = 0; i < result.size(); ++i) {
    const Dim from_a = i < a.size() ? a[a.size() - 1 - i] : Dim(1);
    const Dim from_b = i < b.size() ? b[b.size() - 1 - i] : Dim(1);
    if (from_a != from_b && from_a != Dim(1) && from_b != Dim(1)) {
      return absl::InvalidArgumentError(
          absl::StrCat("shapes ", ToString(a), " and ", ToString(b), " do not broadcast"));
    }
    result[result.size() - 1 - i] = from_a == Dim(1) ? from_b : from_a;
  }
  return result;
}

}  // namespace lathe
