#include "engine/ir/attributes.h"

#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace lathe {
namespace {

// Up to `digits_max` digits, as few as read back as the same number of type T, always recognisable as a number with a
// fraction or an exponent.
template <typename T>
std::string ShortestText(T value, int digits_max) {
  std::string text;
  for (int digits = 6; digits <= digits_max; ++digits) {
    text = absl::StrFormat("%.*g", digits, value);
    if (static_cast<T>(std::strtod(text.c_str(), nullptr)) == value) break;
  }
  if (text.find_first_of(".en") == std::string::npos) text += ".0";
  return text;
}

template <typename T>
const T* Find(const std::map<std::string, Attribute>& values, const std::string& name) {
  const auto found = values.find(name);
  return found == values.end() ? nullptr : std::get_if<T>(&found->second);
}

}  // namespace

int64_t Attributes::Int(const std::string& name, int64_t fallback) const {
  const int64_t* value = Find<int64_t>(values_, name);
  return value != nullptr ? *value : fallback;
}

double Attributes::Number(const std::string& name, double fallback) const {
  if (const double* value = Find<double>(values_, name)) return *value;
  if (const int64_t* value = Find<int64_t>(values_, name)) return static_cast<double>(*value);
  return fallback;
}

std::string Attributes::Word(const std::string& name, absl::string_view fallback) const {
  const std::string* value = Find<std::string>(values_, name);
  return value != nullptr ? *value : std::string(fallback);
}

Shape Attributes::Dims(const std::string& name) const {
  const Shape* value = Find<Shape>(values_, name);
  return value != nullptr ? *value : Shape{};
}

std::string FloatText(float value) { return ShortestText(value, 9); }

std::string ToString(const Attribute& attribute) {
  struct Printer {
    std::string operator()(int64_t value) const { return absl::StrCat(value); }
    std::string operator()(double value) const { return ShortestText(value, 17); }
    std::string operator()(const std::string& value) const { return value; }
    std::string operator()(const Shape& value) const { return ToString(value); }
  };
  return std::visit(Printer(), attribute);
}

}  // namespace lathe
