// The objects of a JSON file whose every key must be known: typed reads with errors that name the place, and a check at
// the end that nothing was left unread.
//
//   ASSIGN_OR_RETURN(Fields fields, Fields::Of({root, "normalizer"}));
//   ASSIGN_OR_RETURN(bool lowercase, fields.Bool("lowercase"));
//   RETURN_IF_ERROR(fields.RefuseTheRest());
#ifndef LATHE_ENGINE_TOKENIZERS_FORMAT_FIELDS_H_
#define LATHE_ENGINE_TOKENIZERS_FORMAT_FIELDS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/json/json.h"

namespace lathe {

// A value and where it stands: "added_tokens[3].id". Lives no longer than the tree it points into.
struct Field {
  const JsonValue& value;
  std::string place;

  // All errors: INVALID_ARGUMENT, "place: got ..., wanted ...".
  absl::StatusOr<bool> Bool() const;
  absl::StatusOr<int64_t> Integer(int64_t least, int64_t most) const;
  absl::StatusOr<std::string> String() const;
  absl::StatusOr<std::vector<Field>> Array() const;
  absl::StatusOr<const JsonValue::Object*> Object() const;
  absl::Status Wanted(absl::string_view wanted) const;
};

class Fields {
 public:
  // Errors: INVALID_ARGUMENT (no object).
  static absl::StatusOr<Fields> Of(const Field& field);

  const std::string& place() const { return place_; }

  // The value of a key, which counts as read from then on. Errors of Get and what follows: INVALID_ARGUMENT.
  absl::StatusOr<Field> Get(absl::string_view key);
  // Nothing if the key is missing or null.
  std::optional<Field> Find(absl::string_view key);
  absl::StatusOr<bool> Bool(absl::string_view key);
  absl::StatusOr<bool> BoolOr(absl::string_view key, bool otherwise);
  absl::StatusOr<int64_t> Integer(absl::string_view key, int64_t least, int64_t most);
  absl::StatusOr<std::string> String(absl::string_view key);

  // Errors: INVALID_ARGUMENT, naming a key that was not read.
  absl::Status RefuseTheRest() const;

 private:
  Fields(const JsonValue& object, std::string place) : object_(&object), place_(std::move(place)) {}

  std::string PlaceOf(absl::string_view key) const;

  const JsonValue* object_;
  std::string place_;
  absl::flat_hash_set<std::string> read_;
};

}  // namespace lathe

#endif  // LATHE_ENGINE_TOKENIZERS_FORMAT_FIELDS_H_
