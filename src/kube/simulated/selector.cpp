#include "kube/simulated/selector.hpp"

#include <algorithm>

namespace ks::kube::simulated {

namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// At the commas that are not in parentheses.
std::vector<std::string_view> parts(std::string_view text) {
  std::vector<std::string_view> out;
  std::size_t begin = 0;
  int open = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && text[i] == '(') ++open;
    if (i < text.size() && text[i] == ')') --open;
    if (i < text.size() && (text[i] != ',' || open > 0)) continue;
    out.push_back(trimmed(text.substr(begin, i - begin)));
    begin = i + 1;
  }
  return out;
}

bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.' || c == '/';
  });
}

}  // namespace

std::expected<Selector, std::string> Selector::parse(std::string_view text) {
  Selector out;
  if (trimmed(text).empty()) return out;
  for (std::string_view part : parts(text)) {
    Requirement want{"", Test::exists, {}};
    std::string_view key = part;
    if (const auto paren = part.find('('); paren != part.npos && part.back() == ')') {
      std::string_view head = trimmed(part.substr(0, paren));
      const bool negative = head.ends_with(" notin");
      if (!negative && !head.ends_with(" in"))
        return std::unexpected("unable to parse requirement: " + std::string(part));
      want.test = negative ? Test::not_in : Test::in;
      key = trimmed(head.substr(0, head.size() - (negative ? 6 : 3)));
      for (const std::string_view v : parts(part.substr(paren + 1, part.size() - paren - 2)))
        want.values.emplace_back(v);
    } else if (const auto sign = part.find('='); sign != part.npos) {
      const bool negative = sign > 0 && part[sign - 1] == '!';
      std::string_view value = part.substr(sign + 1);
      if (!negative && value.starts_with('=')) value.remove_prefix(1);
      want.test = negative ? Test::not_in : Test::in;
      key = trimmed(part.substr(0, negative ? sign - 1 : sign));
      want.values.emplace_back(trimmed(value));
    } else if (part.starts_with('!')) {
      want.test = Test::absent;
      key = trimmed(part.substr(1));
    }
    if (!is_token(key)) return std::unexpected("unable to parse requirement: " + std::string(part));
    for (const std::string& value : want.values)
      if (!value.empty() && !is_token(value))
        return std::unexpected("unable to parse requirement: " + std::string(part));
    want.key = key;
    out.requirements_.push_back(std::move(want));
  }
  return out;
}

bool Selector::matches(const Json& object) const {
  const Json& labels = object.at("metadata", "labels");
  return std::ranges::all_of(requirements_, [&](const Requirement& want) {
    const Json* label = labels.find(want.key);
    const bool listed = label != nullptr && label->is_string() &&
                        std::ranges::find(want.values, label->as_string()) != want.values.end();
    switch (want.test) {
      case Test::in:
        return listed;
      case Test::not_in:
        return !listed;
      case Test::exists:
        return label != nullptr;
      case Test::absent:
        return label == nullptr;
    }
    return false;
  });
}

}  // namespace ks::kube::simulated
