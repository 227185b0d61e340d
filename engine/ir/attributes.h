// Named parameters of a node, such as {heads = 12, scale = 0.125}.
#ifndef LATHE_ENGINE_IR_ATTRIBUTES_H_
#define LATHE_ENGINE_IR_ATTRIBUTES_H_

#include <cstdint>
#include <map>
#include <string>
#include <variant>

#include "absl/strings/string_view.h"
#include "engine/ir/type.h"

namespace lathe {

// Integers also stand for flags (0 and 1). A Shape is written [T, 12, 64]; a word, a plain identifier.
using Attribute = std::variant<int64_t, double, std::string, Shape>;

// Ordered by name, so that a graph prints the same way always.
class Attributes {
 public:
  Attributes() = default;
  Attributes(std::initializer_list<std::pair<const std::string, Attribute>> values) : values_(values) {}

  void Set(const std::string& name, Attribute value) { values_[name] = std::move(value); }
  void Erase(const std::string& name) { values_.erase(name); }
  bool empty() const { return values_.empty(); }
  const std::map<std::string, Attribute>& values() const { return values_; }

  // The value, or `fallback` where the attribute is absent. An integer given for a number is that number.
  // Requires: an attribute of that name has that kind (Graph::Add checks it against the op table).
  int64_t Int(const std::string& name, int64_t fallback = 0) const;
  double Number(const std::string& name, double fallback = 0) const;
  std::string Word(const std::string& name, absl::string_view fallback = "") const;
  Shape Dims(const std::string& name) const;

  friend bool operator==(const Attributes&, const Attributes&) = default;

 private:
  std::map<std::string, Attribute> values_;
};

// The fewest digits that read back as the same f32: "0.1", "1e-12", "-inf", "nan".
std::string FloatText(float value);

// "12", "0.125", "sum", "[T, 64]". Numbers print with as few digits as read back the same.
std::string ToString(const Attribute& attribute);

}  // namespace lathe

#endif  // LATHE_ENGINE_IR_ATTRIBUTES_H_
