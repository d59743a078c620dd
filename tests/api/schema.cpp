#include "tests/api/schema.hpp"

#include <algorithm>
#include <array>
#include <regex>

#include "base/clock.hpp"
#include "base/id.hpp"
#include "base/utf8.hpp"

namespace ks::api_test {

namespace {

constexpr std::array<std::string_view, 24> kKnown = {
    "$ref",     "type",     "properties", "required",    "additionalProperties",
    "items",    "enum",     "const",      "oneOf",       "anyOf",
    "format",   "minimum",  "maximum",    "minLength",   "maxLength",
    "minItems", "maxItems", "pattern",    "description", "default",
    "example",  "title",    "x-refers",   "x-claims"};

class Checker {
 public:
  explicit Checker(const Json& root) : root_(root) {}
  void check(const Json& schema, const Json& value, const std::string& at);
  std::vector<std::string> faults;

 private:
  void fault(const std::string& at, const std::string& what) { faults.push_back(at + ": " + what); }
  bool fits(const Json& schema, const Json& value) const {
    Checker other(root_);
    other.check(schema, value, "");
    return other.faults.empty();
  }
  void check_type(const Json& type, const Json& value, const std::string& at);
  void check_object(const Json& schema, const Json& value, const std::string& at);
  void check_array(const Json& schema, const Json& value, const std::string& at);
  void check_text(const Json& schema, const std::string& text, const std::string& at);
  void check_number(const Json& schema, const Json& value, const std::string& at);
  void check_choices(const Json& schema, const Json& value, const std::string& at);

  const Json& root_;
};

bool is_type(std::string_view type, const Json& value) {
  if (type == "null") return value.is_null();
  if (type == "boolean") return value.is_bool();
  if (type == "integer") return value.is_int();
  if (type == "number") return value.is_number();
  if (type == "string") return value.is_string();
  if (type == "array") return value.is_array();
  return type == "object" && value.is_object();
}

bool is_uri(std::string_view text) {
  return (text.starts_with("http://") || text.starts_with("https://")) &&
         text.find_first_of(" <>\"{}|\\^`") == std::string_view::npos;
}

void Checker::check_type(const Json& type, const Json& value, const std::string& at) {
  bool fine = false;
  if (type.is_string()) fine = is_type(type.as_string(), value);
  if (type.is_array())
    fine = std::ranges::any_of(type.as_array(),
                               [&](const Json& one) { return is_type(one.as_string(), value); });
  if (!fine) fault(at, "is not of type " + type.dump() + " but " + value.dump().substr(0, 80));
}

void Checker::check_object(const Json& schema, const Json& value, const std::string& at) {
  if (const Json& required = schema.at("required"); required.is_array())
    for (const Json& name : required.as_array())
      if (value.find(name.as_string()) == nullptr) fault(at, "lacks " + name.as_string());
  const Json& properties = schema.at("properties");
  const Json* others = schema.find("additionalProperties");
  for (const auto& [name, member] : value.members()) {
    const std::string inner = at + pointer_token(name);
    if (const Json* own = properties.find(name))
      check(*own, member, inner);
    else if (others != nullptr && others->is_object())
      check(*others, member, inner);
    else if (others != nullptr && others->is_bool() && !others->as_bool())
      fault(inner, "is not in the contract");
  }
}

void Checker::check_array(const Json& schema, const Json& value, const std::string& at) {
  const auto size = static_cast<std::int64_t>(value.as_array().size());
  if (size < schema.integer_or(size, "minItems")) fault(at, "has too few items");
  if (size > schema.integer_or(size, "maxItems")) fault(at, "has too many items");
  const Json* items = schema.find("items");
  if (items == nullptr) return;
  for (std::size_t i = 0; i < value.as_array().size(); ++i)
    check(*items, value.as_array()[i], at + "/" + std::to_string(i));
}

void Checker::check_text(const Json& schema, const std::string& text, const std::string& at) {
  const std::int64_t length = code_points(text);
  if (length < schema.integer_or(length, "minLength")) fault(at, "is too short");
  if (length > schema.integer_or(length, "maxLength")) fault(at, "is too long");
  const std::string_view format = schema.text("format");
  if (format == "uuid" && !is_uuid(text)) fault(at, "is no UUID: " + text);
  if (format == "date-time" && !parse_rfc3339(text)) fault(at, "is no time: " + text);
  if (format == "uri" && !is_uri(text)) fault(at, "is no URI: " + text);
  if (!format.empty() && format != "uuid" && format != "date-time" && format != "uri")
    fault(at, "unknown format " + std::string(format));
  if (const std::string_view pattern = schema.text("pattern"); !pattern.empty())
    if (!std::regex_search(text, std::regex(std::string(pattern), std::regex::ECMAScript)))
      fault(at, "does not match " + std::string(pattern) + ": " + text);
}

void Checker::check_number(const Json& schema, const Json& value, const std::string& at) {
  if (const Json* least = schema.find("minimum"); least && value.as_double() < least->as_double())
    fault(at, "is below " + least->dump());
  if (const Json* most = schema.find("maximum"); most && value.as_double() > most->as_double())
    fault(at, "is above " + most->dump());
}

void Checker::check_choices(const Json& schema, const Json& value, const std::string& at) {
  if (const Json& options = schema.at("enum"); options.is_array())
    if (std::ranges::find(options.as_array(), value) == options.as_array().end())
      fault(at, "is none of " + options.dump() + " but " + value.dump().substr(0, 80));
  if (const Json* only = schema.find("const"); only && !(*only == value))
    fault(at, "is not " + only->dump());
  for (const char* keyword : {"oneOf", "anyOf"}) {
    const Json& options = schema.at(keyword);
    if (!options.is_array()) continue;
    const auto fitting = std::ranges::count_if(
        options.as_array(), [&](const Json& option) { return fits(option, value); });
    const bool fine = std::string_view(keyword) == "oneOf" ? fitting == 1 : fitting >= 1;
    if (fine) continue;
    fault(at, std::to_string(fitting) + " of " + keyword + " fit " + value.dump().substr(0, 400));
    for (const Json& option : options.as_array()) {
      Checker why(root_);
      why.check(option, value, at);
      if (!why.faults.empty()) faults.push_back("  " + why.faults.front());
    }
  }
}

void Checker::check(const Json& schema, const Json& value, const std::string& at) {
  if (!schema.is_object()) return fault(at, "the schema is no object");
  for (const auto& [keyword, unused] : schema.members())
    if (std::ranges::find(kKnown, keyword) == kKnown.end()) fault(at, "unknown keyword " + keyword);
  if (const std::string_view reference = schema.text("$ref"); !reference.empty()) {
    const Json* found = resolve(root_, reference);
    if (found == nullptr) return fault(at, "dangling reference " + std::string(reference));
    return check(*found, value, at);
  }
  if (const Json* type = schema.find("type")) check_type(*type, value, at);
  check_choices(schema, value, at);
  if (value.is_object()) check_object(schema, value, at);
  if (value.is_array()) check_array(schema, value, at);
  if (value.is_string()) check_text(schema, value.as_string(), at);
  if (value.is_number()) check_number(schema, value, at);
}

}  // namespace

const Json* resolve(const Json& root, std::string_view reference) {
  if (!reference.starts_with("#/")) return nullptr;
  const Json* at = &root;
  for (std::size_t start = 2; start <= reference.size() && at != nullptr;) {
    const std::size_t end = std::min(reference.find('/', start), reference.size());
    at = at->find(reference.substr(start, end - start));
    start = end + 1;
  }
  return at;
}

std::vector<std::string> schema_faults(const Json& root, const Json& schema, const Json& value) {
  Checker checker(root);
  checker.check(schema, value, "");
  return std::move(checker.faults);
}

}  // namespace ks::api_test
