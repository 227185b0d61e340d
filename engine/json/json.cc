#include "engine/json/json.h"

#include <algorithm>
#include <string_view>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "simdjson.h"

namespace lathe {
namespace {

namespace dom = simdjson::dom;

// Copies simdjson's tree into ours and applies the rules that simdjson does not have.
class Converter {
 public:
  explicit Converter(size_t values_max) : values_left_(values_max) {}

  absl::StatusOr<JsonValue> Convert(dom::element element) {
    if (values_left_-- == 0) return absl::InvalidArgumentError("too many JSON values");
    switch (element.type()) {
      case dom::element_type::ARRAY:
        return ConvertArray(element.get_array().value_unsafe());
      case dom::element_type::OBJECT:
        return ConvertObject(element.get_object().value_unsafe());
      case dom::element_type::STRING:
        return JsonValue(std::string(element.get_string().value_unsafe()));
      case dom::element_type::INT64:
        return JsonValue(element.get_int64().value_unsafe());
      case dom::element_type::UINT64:
        return JsonValue(static_cast<double>(element.get_uint64().value_unsafe()));
      case dom::element_type::DOUBLE:
        return JsonValue(element.get_double().value_unsafe());
      case dom::element_type::BOOL:
        return JsonValue(element.get_bool().value_unsafe());
      case dom::element_type::NULL_VALUE:
        return JsonValue();
    }
    return absl::InternalError("a JSON value of no kind");
  }

 private:
  absl::StatusOr<JsonValue> ConvertArray(dom::array array) {
    JsonValue::Array items;
    for (dom::element element : array) {
      ASSIGN_OR_RETURN(JsonValue item, Convert(element));
      items.push_back(std::move(item));
    }
    return JsonValue(std::move(items));
  }

  absl::StatusOr<JsonValue> ConvertObject(dom::object object) {
    JsonValue::Object members;
    absl::flat_hash_set<std::string_view> keys;
    for (dom::key_value_pair field : object) {
      const absl::string_view key(field.key.data(), field.key.size());
      if (!keys.insert(field.key).second) {
        return absl::InvalidArgumentError(absl::StrCat("key ", Quoted(key), " stands twice in one object"));
      }
      ASSIGN_OR_RETURN(JsonValue value, Convert(field.value));
      members.emplace_back(std::string(field.key), std::move(value));
    }
    return JsonValue(std::move(members));
  }

  size_t values_left_;
};

absl::Status ParseError(simdjson::error_code error, const JsonLimits& limits) {
  if (error == simdjson::UTF8_ERROR) return absl::InvalidArgumentError("not valid UTF-8");
  if (error == simdjson::DEPTH_ERROR) {
    return absl::InvalidArgumentError(absl::StrCat("JSON nested deeper than ", limits.depth, " levels"));
  }
  if (error == simdjson::MEMALLOC) return absl::ResourceExhaustedError("no memory to parse the JSON");
  return absl::InvalidArgumentError(absl::StrCat("not valid JSON: ", simdjson::error_message(error)));
}

}  // namespace

absl::StatusOr<JsonValue> ParseJson(absl::string_view text, const JsonLimits& limits) {
  if (text.size() > limits.bytes) {
    return absl::InvalidArgumentError(absl::StrCat("JSON of ", text.size(), " bytes, wanted at most ", limits.bytes));
  }
  dom::parser parser;
  // simdjson counts the innermost values as a level of their own.
  if (auto error = parser.allocate(std::max<size_t>(text.size(), 64), limits.depth + 1)) {
    return ParseError(error, limits);
  }
  dom::element root;
  if (auto error = parser.parse(text.data(), text.size(), /*realloc_if_needed=*/true).get(root)) {
    return ParseError(error, limits);
  }
  return Converter(limits.values).Convert(root);
}

std::optional<bool> JsonValue::boolean() const {
  const bool* value = std::get_if<bool>(&value_);
  return value ? std::optional<bool>(*value) : std::nullopt;
}

std::optional<int64_t> JsonValue::integer() const {
  const int64_t* value = std::get_if<int64_t>(&value_);
  return value ? std::optional<int64_t>(*value) : std::nullopt;
}

std::optional<double> JsonValue::number() const {
  if (const int64_t* value = std::get_if<int64_t>(&value_)) return static_cast<double>(*value);
  const double* value = std::get_if<double>(&value_);
  return value ? std::optional<double>(*value) : std::nullopt;
}

const JsonValue* JsonValue::Find(absl::string_view key) const {
  const Object* members = object();
  if (members == nullptr) return nullptr;
  for (const auto& [name, value] : *members) {
    if (name == key) return &value;
  }
  return nullptr;
}

std::string JsonValue::Describe() const {
  if (is_null()) return "null";
  if (auto value = boolean()) return *value ? "true" : "false";
  if (auto value = integer()) return absl::StrCat("the number ", *value);
  if (auto value = number()) return absl::StrCat("the number ", *value);
  if (auto* value = string()) return absl::StrCat("a string ", Quoted(*value));
  return array() != nullptr ? "an array" : "an object";
}

std::string Quoted(absl::string_view text) {
  constexpr size_t kShownBytes = 100;
  if (text.size() <= kShownBytes) return absl::StrCat("\"", absl::Utf8SafeCEscape(text), "\"");
  size_t cut = kShownBytes;
  while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0) == 0x80) --cut;  // Never inside a character.
  return absl::StrCat("\"", absl::Utf8SafeCEscape(text.substr(0, cut)), "...\"");
}

}  // namespace lathe
