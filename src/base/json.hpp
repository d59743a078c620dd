#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/error.hpp"

namespace ks {

// A JSON value (RFC 8259) as a tree. Objects keep the order in which members were added; a member's
// name occurs once. Integers keep 64 bits. The header pulls in no JSON library, so that every
// folder may use it; parsing is Boost.JSON's, behind json.cpp.
class Json {
 public:
  using Array = std::vector<Json>;
  using Member = std::pair<std::string, Json>;
  using Object = std::vector<Member>;

  Json() = default;  // null
  Json(std::nullptr_t) {}
  Json(bool v) : value_(v) {}
  Json(int v) : value_(static_cast<std::int64_t>(v)) {}
  Json(std::int64_t v) : value_(v) {}
  Json(double v) : value_(v) {}
  Json(std::string v) : value_(std::move(v)) {}
  Json(std::string_view v) : value_(std::string(v)) {}
  Json(const char* v) : value_(std::string(v)) {}
  Json(Array v) : value_(std::move(v)) {}

  static Json object() { return Json(Object{}, ObjectTag{}); }
  static Json object(std::initializer_list<Member> members);
  static Json array() { return Json(Array{}); }
  static Json array(std::initializer_list<Json> items) { return Json(Array(items)); }

  bool is_null() const { return value_.index() == 0; }
  bool is_bool() const { return std::holds_alternative<bool>(value_); }
  bool is_int() const { return std::holds_alternative<std::int64_t>(value_); }
  bool is_double() const { return std::holds_alternative<double>(value_); }
  bool is_number() const { return is_int() || is_double(); }
  bool is_string() const { return std::holds_alternative<std::string>(value_); }
  bool is_array() const { return std::holds_alternative<Array>(value_); }
  bool is_object() const { return std::holds_alternative<Object>(value_); }

  // Each of these is a programming error on a value of another kind; ask first.
  bool as_bool() const;
  std::int64_t as_int() const;
  double as_double() const;  // Also of an integer.
  const std::string& as_string() const;
  const Array& as_array() const;
  Array& as_array();
  const Object& members() const;
  Object& members();

  // The member, or nullptr when there is none or this is no object.
  const Json* find(std::string_view name) const;
  Json* find(std::string_view name);
  // The value at a path of member names, or a shared null: at("metadata", "name").
  template <class... Names>
  const Json& at(std::string_view name, Names... rest) const {
    const Json* member = find(name);
    if (member == nullptr) return null_value();
    if constexpr (sizeof...(rest) == 0)
      return *member;
    else
      return member->at(rest...);
  }
  // The text at a path, or "" when it is absent or no string.
  template <class... Names>
  std::string_view text(std::string_view name, Names... rest) const {
    const Json& v = at(name, rest...);
    return v.is_string() ? std::string_view(v.as_string()) : std::string_view{};
  }
  // The integer at a path, or `otherwise`.
  template <class... Names>
  std::int64_t integer_or(std::int64_t otherwise, std::string_view name, Names... rest) const {
    const Json& v = at(name, rest...);
    return v.is_int() ? v.as_int() : otherwise;
  }

  // The member, made (as null) when absent; turns null into an object.
  Json& operator[](std::string_view name);
  Json& set(std::string_view name, Json value) {
    (*this)[name] = std::move(value);
    return *this;
  }
  bool erase(std::string_view name);
  // Appends; turns null into an array.
  Json& push(Json value);

  // Objects are equal whatever the order of their members.
  friend bool operator==(const Json& a, const Json& b);

  // Compact text; strings are escaped so that the result is also valid inside HTML and SSE lines.
  std::string dump() const;
  void dump_to(std::string& out) const;
  // As dump(), with members sorted by name: equal values give equal text, for hashes and MACs.
  std::string canonical() const;

 private:
  struct ObjectTag {};
  Json(Object v, ObjectTag) : value_(std::move(v)) {}
  static const Json& null_value();
  std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, Object> value_;
};

struct JsonLimits {
  std::size_t depth_max = 32;
  std::size_t bytes_max = 1 << 20;
};

// Strict RFC 8259: one value, UTF-8, no duplicate member names (OWASP: two readers would disagree),
// no number out of 64 bits where an integer is written. The message says what and where.
Result<Json> parse_json(std::string_view text, JsonLimits limits = {});

// Appends `text` as a JSON string with its quotes.
void append_json_string(std::string& out, std::string_view text);

// RFC 7396: null removes, objects merge, everything else replaces.
void merge_patch(Json& target, const Json& patch);

// One escaped reference token of a JSON pointer (RFC 6901), with its slash: "/a~1b".
std::string pointer_token(std::string_view name);

}  // namespace ks
