#include "operator/manifests/yaml.hpp"

#include <algorithm>
#include <string_view>

namespace ks::op {

namespace {

// Letters first, then only what has no meaning in YAML: no word of that form is a number, a date or
// an indicator. The words that mean something are left out below.
bool is_plain(std::string_view text) {
  constexpr std::string_view kWords[] = {"true", "false", "null", "yes", "no", "on",
                                         "off",  "y",     "n",    "nan", "inf"};
  if (text.empty()) return false;
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  if (!letter(text.front())) return false;
  const bool plain = std::ranges::all_of(text, [&](char c) {
    return letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '/' || c == '_';
  });
  if (!plain) return false;
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return std::ranges::find(kWords, lower) == std::end(kWords);
}

void scalar(std::string& out, const Json& value) {
  if (value.is_string() && is_plain(value.as_string()))
    out += value.as_string();
  else
    out += value.dump();
}

bool is_block(const Json& value) {
  return (value.is_object() && !value.members().empty()) ||
         (value.is_array() && !value.as_array().empty());
}

void block(std::string& out, const Json& value, std::size_t indent, bool after_dash);

void member(std::string& out, const Json::Member& m, std::size_t indent) {
  scalar(out, Json(m.first));
  out += ':';
  if (is_block(m.second)) {
    out += '\n';
    // A list stands under its name, as kubectl writes it.
    block(out, m.second, m.second.is_array() ? indent : indent + 2, false);
  } else {
    out += ' ';
    scalar(out, m.second);
    out += '\n';
  }
}

void block(std::string& out, const Json& value, std::size_t indent, bool after_dash) {
  const auto margin = [&] {
    if (!after_dash) out.append(indent, ' ');
    after_dash = false;
  };
  if (value.is_object()) {
    for (const Json::Member& m : value.members()) {
      margin();
      member(out, m, indent);
    }
    return;
  }
  for (const Json& item : value.as_array()) {
    margin();
    out += "- ";
    if (is_block(item)) {
      block(out, item, indent + 2, true);
    } else {
      scalar(out, item);
      out += '\n';
    }
  }
}

}  // namespace

std::string to_yaml(const Json& value) {
  std::string out;
  if (is_block(value)) {
    block(out, value, 0, false);
  } else {
    scalar(out, value);
    out += '\n';
  }
  return out;
}

}  // namespace ks::op
