#include "reach/selector.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace ks::reach {

Labels labels_of(const Json& object) {
  Labels out;
  if (const Json& labels = object.at("metadata", "labels"); labels.is_object())
    for (const auto& [key, value] : labels.members())
      if (value.is_string()) out.emplace(key, value.as_string());
  return out;
}

Result<Selector> Selector::parse(const Json& json) {
  Selector out;
  if (!json.is_object()) return invalid("a selector is no object");
  if (const Json& equal = json.at("matchLabels"); equal.is_object())
    for (const auto& [key, value] : equal.members()) {
      if (!value.is_string()) return invalid("a label's value is no text");
      out.equal_.emplace_back(key, value.as_string());
    }
  const Json& expressions = json.at("matchExpressions");
  if (!expressions.is_array()) return out;
  for (const Json& one : expressions.as_array()) {
    const std::string_view op = one.text("operator");
    Expression e{Expression::Is::in, std::string(one.text("key")), {}};
    if (op == "In")
      e.is = Expression::Is::in;
    else if (op == "NotIn")
      e.is = Expression::Is::not_in;
    else if (op == "Exists")
      e.is = Expression::Is::there;
    else if (op == "DoesNotExist")
      e.is = Expression::Is::not_there;
    else
      return invalid(fmt::format("\"{}\" is no operator of a selector", op));
    if (const Json& values = one.at("values"); values.is_array())
      for (const Json& value : values.as_array())
        if (value.is_string()) e.values.insert(value.as_string());
    out.expressions_.push_back(std::move(e));
  }
  return out;
}

bool Selector::matches(const Labels& labels) const {
  for (const auto& [key, value] : equal_) {
    const auto at = labels.find(key);
    if (at == labels.end() || at->second != value) return false;
  }
  return std::ranges::all_of(expressions_, [&](const Expression& e) {
    const auto at = labels.find(e.key);
    const bool there = at != labels.end();
    switch (e.is) {
      case Expression::Is::in:
        return there && e.values.contains(at->second);
      case Expression::Is::not_in:
        return !there || !e.values.contains(at->second);
      case Expression::Is::there:
        return there;
      case Expression::Is::not_there:
        return !there;
    }
    return false;
  });
}

void Selector::add_keys(std::set<std::string>& out) const {
  for (const auto& [key, value] : equal_) out.insert(key);
  for (const Expression& e : expressions_) out.insert(e.key);
}

}  // namespace ks::reach
