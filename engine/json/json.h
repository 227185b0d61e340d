// A JSON text from a file, as a small tree: strict, bounded, and with errors that name path and key.
//
// The parser is simdjson; this folder adds what a file from outside needs and simdjson leaves open: duplicate keys are
// refused at every level, depth and number of values are limited, and no library type reaches a caller.
// Source: RFC 8259. UTF-8 is validated; an integer outside int64 is kept as a double.
#ifndef LATHE_ENGINE_JSON_JSON_H_
#define LATHE_ENGINE_JSON_JSON_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace lathe {

// One value. Immutable once parsed, so thread-safe. Objects keep the order of the file.
class JsonValue {
 public:
  using Array = std::vector<JsonValue>;
  using Object = std::vector<std::pair<std::string, JsonValue>>;

  JsonValue() = default;  // null
  explicit JsonValue(bool value) : value_(value) {}
  explicit JsonValue(int64_t value) : value_(value) {}
  explicit JsonValue(double value) : value_(value) {}
  explicit JsonValue(std::string value) : value_(std::move(value)) {}
  explicit JsonValue(Array value) : value_(std::move(value)) {}
  explicit JsonValue(Object value) : value_(std::move(value)) {}

  // Each is empty, or nullptr, when the value is of another kind.
  bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
  std::optional<bool> boolean() const;
  std::optional<int64_t> integer() const;  // Written without fraction and exponent.
  std::optional<double> number() const;    // Any number.
  const std::string* string() const { return std::get_if<std::string>(&value_); }
  const Array* array() const { return std::get_if<Array>(&value_); }
  const Object* object() const { return std::get_if<Object>(&value_); }

  // The member of an object, in time linear in its size; nullptr when it has none, or this is no object.
  const JsonValue* Find(absl::string_view key) const;

  // What an error says it got: `a string "abc"`, `the number 3.5`, `an array`. Long strings are cut.
  std::string Describe() const;

 private:
  std::variant<std::monostate, bool, int64_t, double, std::string, Array, Object> value_;
};

// What a text may be at most.
struct JsonLimits {
  size_t bytes = size_t{100} << 20;
  size_t depth = 16;
  size_t values = size_t{4} << 20;
};

// Parses `text`, one JSON value with JSON white space around it.
// Errors: INVALID_ARGUMENT: not UTF-8, not JSON, a key twice in an object (named), or over a limit.
absl::StatusOr<JsonValue> ParseJson(absl::string_view text, const JsonLimits& limits = {});

// `text` in double quotes for an error message: escapes control characters, cuts after 100 bytes.
std::string Quoted(absl::string_view text);

}  // namespace lathe

#endif  // LATHE_ENGINE_JSON_JSON_H_
