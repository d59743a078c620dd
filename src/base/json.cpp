#include "base/json.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include <boost/json/basic_parser_impl.hpp>
#include <boost/unordered/unordered_flat_set.hpp>
#include <fmt/format.h>

namespace ks {

Json Json::object(std::initializer_list<Member> members) {
  Json out = object();
  for (const Member& m : members) out[m.first] = m.second;
  return out;
}

const Json& Json::null_value() {
  static const Json kNull;
  return kNull;
}

bool Json::as_bool() const {
  KS_ASSERT(is_bool());
  return std::get<bool>(value_);
}
std::int64_t Json::as_int() const {
  KS_ASSERT(is_int());
  return std::get<std::int64_t>(value_);
}
double Json::as_double() const {
  KS_ASSERT(is_number());
  return is_int() ? static_cast<double>(std::get<std::int64_t>(value_)) : std::get<double>(value_);
}
const std::string& Json::as_string() const {
  KS_ASSERT(is_string());
  return std::get<std::string>(value_);
}
const Json::Array& Json::as_array() const {
  KS_ASSERT(is_array());
  return std::get<Array>(value_);
}
Json::Array& Json::as_array() {
  KS_ASSERT(is_array());
  return std::get<Array>(value_);
}
const Json::Object& Json::members() const {
  KS_ASSERT(is_object());
  return std::get<Object>(value_);
}
Json::Object& Json::members() {
  KS_ASSERT(is_object());
  return std::get<Object>(value_);
}

const Json* Json::find(std::string_view name) const {
  const auto* object = std::get_if<Object>(&value_);
  if (object == nullptr) return nullptr;
  for (const Member& m : *object)
    if (m.first == name) return &m.second;
  return nullptr;
}

Json* Json::find(std::string_view name) {
  return const_cast<Json*>(static_cast<const Json*>(this)->find(name));
}

Json& Json::operator[](std::string_view name) {
  if (is_null()) value_ = Object{};
  if (Json* existing = find(name)) return *existing;
  return members().emplace_back(std::string(name), Json()).second;
}

bool Json::erase(std::string_view name) {
  auto* object = std::get_if<Object>(&value_);
  if (object == nullptr) return false;
  return std::erase_if(*object, [&](const Member& m) { return m.first == name; }) > 0;
}

Json& Json::push(Json value) {
  if (is_null()) value_ = Array{};
  as_array().push_back(std::move(value));
  return *this;
}

namespace {
// The integer that a double is exactly, if it is one. Minus zero is zero.
std::optional<std::int64_t> exact_integer(double v) {
  if (v < -0x1p63 || v >= 0x1p63 || v != std::trunc(v)) return std::nullopt;
  return static_cast<std::int64_t>(v);
}
}  // namespace

bool operator==(const Json& a, const Json& b) {
  if (a.is_number() && b.is_number()) {
    if (a.is_int() && b.is_int()) return a.as_int() == b.as_int();
    if (a.is_double() && b.is_double()) return a.as_double() == b.as_double();
    // Not by way of double, which has room for 53 bits only.
    return a.is_int() ? exact_integer(b.as_double()) == a.as_int()
                      : exact_integer(a.as_double()) == b.as_int();
  }
  if (a.value_.index() != b.value_.index()) return false;
  if (a.is_object()) {
    if (a.members().size() != b.members().size()) return false;
    return std::ranges::all_of(a.members(), [&](const Json::Member& m) {
      const Json* other = b.find(m.first);
      return other != nullptr && *other == m.second;
    });
  }
  if (a.is_array()) return a.as_array() == b.as_array();
  if (a.is_string()) return a.as_string() == b.as_string();
  if (a.is_bool()) return a.as_bool() == b.as_bool();
  return true;
}

void append_json_string(std::string& out, std::string_view text) {
  constexpr char kDigits[] = "0123456789abcdef";
  out += '"';
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == '<' || c == '>' || c == '&') {
          out += "\\u00";
          out += kDigits[static_cast<unsigned char>(c) >> 4];
          out += kDigits[static_cast<unsigned char>(c) & 15];
        } else if (c == '\xe2' && text.substr(i, 3) == "\xe2\x80\xa8") {
          out += "\\u2028";
          i += 2;
        } else if (c == '\xe2' && text.substr(i, 3) == "\xe2\x80\xa9") {
          out += "\\u2029";
          i += 2;
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

void Json::dump_to(std::string& out) const {
  if (is_null()) {
    out += "null";
  } else if (is_bool()) {
    out += as_bool() ? "true" : "false";
  } else if (is_int()) {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, as_int()).ptr;
    out.append(digits, end);
  } else if (is_double()) {
    const double v = as_double();
    // JSON has no infinities; a null is what every other writer gives.
    if (const auto whole = exact_integer(v))
      out += fmt::format("{}", *whole);
    else if (std::isfinite(v))
      out += fmt::format("{}", v);
    else
      out += "null";
  } else if (is_string()) {
    append_json_string(out, as_string());
  } else if (is_array()) {
    out += '[';
    bool first = true;
    for (const Json& item : as_array()) {
      if (!first) out += ',';
      first = false;
      item.dump_to(out);
    }
    out += ']';
  } else {
    out += '{';
    bool first = true;
    for (const Member& m : members()) {
      if (!first) out += ',';
      first = false;
      append_json_string(out, m.first);
      out += ':';
      m.second.dump_to(out);
    }
    out += '}';
  }
}

std::string Json::dump() const {
  std::string out;
  dump_to(out);
  return out;
}

namespace {
Json sorted(const Json& value) {
  if (value.is_array()) {
    Json out = Json::array();
    for (const Json& item : value.as_array()) out.push(sorted(item));
    return out;
  }
  if (!value.is_object()) return value;
  std::vector<const Json::Member*> order;
  for (const auto& m : value.members()) order.push_back(&m);
  std::ranges::sort(order, {},
                    [](const Json::Member* m) -> const std::string& { return m->first; });
  Json out = Json::object();
  for (const auto* m : order) out.members().emplace_back(m->first, sorted(m->second));
  return out;
}
}  // namespace

std::string Json::canonical() const { return sorted(*this).dump(); }

namespace {

// Builds the tree from Boost.JSON's events. The container that is open is the last of `open_`.
class Builder {
 public:
  static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);

  using Code = boost::json::error_code;
  using View = boost::json::string_view;

  bool on_document_begin(Code&) { return true; }
  bool on_document_end(Code&) { return true; }
  bool on_object_begin(Code&) { return open(Json::object()); }
  bool on_object_end(std::size_t, Code&) { return close(); }
  bool on_array_begin(Code&) { return open(Json::array()); }
  bool on_array_end(std::size_t, Code&) { return close(); }
  bool on_key_part(View part, std::size_t, Code&) { return append(part); }
  bool on_key(View part, std::size_t, Code& code) {
    append(part);
    Frame& frame = open_.back();
    if (!frame.names.insert(text_).second) {
      std::size_t shown = std::min<std::size_t>(text_.size(), 64);
      while (shown > 0 && shown < text_.size() &&
             (static_cast<unsigned char>(text_[shown]) & 0xc0) == 0x80)
        --shown;
      refusal_ = fmt::format("the member \"{}\" occurs twice", text_.substr(0, shown));
      code = boost::json::error::syntax;
      return false;
    }
    frame.name = std::move(text_);
    text_.clear();
    return true;
  }
  bool on_string_part(View part, std::size_t, Code&) { return append(part); }
  bool on_string(View part, std::size_t, Code&) {
    append(part);
    Json value(std::move(text_));
    text_.clear();
    return add(std::move(value));
  }
  bool on_number_part(View part, Code&) { return append(part); }
  bool on_int64(std::int64_t v, View, Code&) {
    text_.clear();
    return add(Json(v));
  }
  bool on_uint64(std::uint64_t, View, Code& code) { return refuse_integer(code); }
  bool on_double(double v, View part, Code& code) {
    append(part);
    // Boost.JSON makes a double of an integer that has no room in 64 bits.
    if (text_.find_first_of(".eE") == std::string::npos) return refuse_integer(code);
    // Boost.JSON's own value can be the double beside the nearest one. Out of range, its value
    // still tells too large (infinite) from too small (zero).
    double nearest = v;
    if (std::from_chars(text_.data(), text_.data() + text_.size(), nearest).ec != std::errc{})
      nearest = v;
    text_.clear();
    if (!std::isfinite(nearest)) {
      refusal_ = "a number does not fit a double";
      code = boost::json::error::exponent_overflow;
      return false;
    }
    return add(Json(nearest));
  }
  bool on_bool(bool v, Code&) { return add(Json(v)); }
  bool on_null(Code&) { return add(Json()); }
  bool on_comment_part(View, Code&) { return true; }
  bool on_comment(View, Code&) { return true; }

  Json take() { return std::move(root_); }
  // Why the tree was refused, where Boost.JSON would have taken the text.
  const std::optional<std::string>& refusal() const { return refusal_; }

 private:
  struct Frame {
    Json value;
    std::string name;
    boost::unordered_flat_set<std::string> names;
  };

  bool refuse_integer(Code& code) {
    refusal_ = "an integer does not fit 64 bits";
    code = boost::json::error::not_number;
    return false;
  }
  bool append(View part) {
    text_.append(part.data(), part.size());
    return true;
  }
  bool open(Json container) {
    open_.push_back(Frame{std::move(container), {}, {}});
    return true;
  }
  bool close() {
    Json done = std::move(open_.back().value);
    open_.pop_back();
    return add(std::move(done));
  }
  bool add(Json value) {
    if (open_.empty()) {
      root_ = std::move(value);
    } else if (Frame& frame = open_.back(); frame.value.is_object()) {
      frame.value.members().emplace_back(std::move(frame.name), std::move(value));
    } else {
      frame.value.push(std::move(value));
    }
    return true;
  }

  Json root_;
  std::vector<Frame> open_;
  std::string text_;
  std::optional<std::string> refusal_;
};

}  // namespace

Result<Json> parse_json(std::string_view text, JsonLimits limits) {
  if (text.size() > limits.bytes_max) return invalid("the JSON text is too long");
  boost::json::parse_options options;
  options.max_depth = limits.depth_max;
  boost::json::basic_parser<Builder> parser(options);
  boost::json::error_code code;
  const std::size_t read = parser.write_some(false, text.data(), text.size(), code);
  if (code) {
    if (parser.handler().refusal())
      return invalid(fmt::format("{} (byte {})", *parser.handler().refusal(), read));
    if (code == boost::json::error::too_deep)
      return invalid(fmt::format("nested deeper than {} levels", limits.depth_max));
    return invalid(fmt::format("malformed JSON at byte {}: {}", read, code.message()));
  }
  if (text.substr(read).find_first_not_of(" \t\r\n") != std::string_view::npos)
    return invalid(fmt::format("malformed JSON at byte {}: text after the value", read));
  return parser.handler().take();
}

void merge_patch(Json& target, const Json& patch) {
  if (!patch.is_object()) {
    target = patch;
    return;
  }
  if (!target.is_object()) target = Json::object();
  for (const auto& [name, value] : patch.members()) {
    if (value.is_null())
      target.erase(name);
    else
      merge_patch(target[name], value);
  }
}

std::string pointer_token(std::string_view name) {
  std::string out = "/";
  for (const char c : name) {
    if (c == '~')
      out += "~0";
    else if (c == '/')
      out += "~1";
    else
      out += c;
  }
  return out;
}

}  // namespace ks
