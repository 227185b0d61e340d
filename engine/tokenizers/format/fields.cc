#include "engine/tokenizers/format/fields.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"

namespace lathe {

absl::Status Field::Wanted(absl::string_view wanted) const {
  const absl::string_view separator = place.empty() ? "" : ": ";
  return absl::InvalidArgumentError(absl::StrCat(place, separator, "got ", value.Describe(), ", wanted ", wanted));
}

absl::StatusOr<bool> Field::Bool() const {
  if (const std::optional<bool> boolean = value.boolean()) return *boolean;
  return Wanted("true or false");
}

absl::StatusOr<int64_t> Field::Integer(int64_t least, int64_t most) const {
  const std::optional<int64_t> integer = value.integer();
  if (integer && *integer >= least && *integer <= most) return *integer;
  return Wanted(absl::StrCat("an integer from ", least, " to ", most));
}

absl::StatusOr<std::string> Field::String() const {
  if (value.string() != nullptr) return *value.string();
  return Wanted("a string");
}

absl::StatusOr<std::vector<Field>> Field::Array() const {
  if (value.array() == nullptr) return Wanted("an array");
  std::vector<Field> items;
  for (const JsonValue& item : *value.array()) items.push_back({item, absl::StrCat(place, "[", items.size(), "]")});
  return items;
}

absl::StatusOr<const JsonValue::Object*> Field::Object() const {
  if (value.object() != nullptr) return value.object();
  return Wanted("an object");
}

absl::StatusOr<Fields> Fields::Of(const Field& field) {
  RETURN_IF_ERROR(field.Object().status());
  return Fields(field.value, field.place);
}

std::string Fields::PlaceOf(absl::string_view key) const {
  return place_.empty() ? std::string(key) : absl::StrCat(place_, ".", key);
}

absl::StatusOr<Field> Fields::Get(absl::string_view key) {
  const JsonValue* value = object_->Find(key);
  if (value == nullptr) return absl::InvalidArgumentError(absl::StrCat(PlaceOf(key), ": missing"));
  read_.insert(std::string(key));
  return Field{*value, PlaceOf(key)};
}

std::optional<Field> Fields::Find(absl::string_view key) {
  read_.insert(std::string(key));
  const JsonValue* value = object_->Find(key);
  if (value == nullptr || value->is_null()) return std::nullopt;
  return Field{*value, PlaceOf(key)};
}

absl::StatusOr<bool> Fields::Bool(absl::string_view key) {
  ASSIGN_OR_RETURN(const Field field, Get(key));
  return field.Bool();
}

absl::StatusOr<bool> Fields::BoolOr(absl::string_view key, bool otherwise) {
  const std::optional<Field> field = Find(key);
  if (!field) return otherwise;
  return field->Bool();
}

absl::StatusOr<int64_t> Fields::Integer(absl::string_view key, int64_t least, int64_t most) {
  ASSIGN_OR_RETURN(const Field field, Get(key));
  return field.Integer(least, most);
}

absl::StatusOr<std::string> Fields::String(absl::string_view key) {
  ASSIGN_OR_RETURN(const Field field, Get(key));
  return field.String();
}

absl::Status Fields::RefuseTheRest() const {
  for (const auto& [key, value] : *object_->object()) {
    if (!read_.contains(key)) return absl::InvalidArgumentError(absl::StrCat(PlaceOf(key), ": unknown key"));
  }
  return absl::OkStatus();
}

}  // namespace lathe
