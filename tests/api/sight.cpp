#include "tests/api/sight.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace ks::api_test {

namespace {

// Deeper than any answer; the contract refers to itself nowhere.
constexpr int kDepthMax = 12;

void walk(const Contract& contract, const Json& schema, const std::string& at, int depth,
          std::vector<std::string>& out) {
  if (depth > kDepthMax) return;
  const Json& whole = contract.resolved(schema);
  for (const char* keyword : {"oneOf", "anyOf"})
    if (const Json& options = whole.at(keyword); options.is_array())
      for (const Json& option : options.as_array()) walk(contract, option, at, depth + 1, out);
  const auto add = [&](const std::string& place, const Json& inner) {
    if (std::ranges::find(out, place) == out.end()) out.push_back(place);
    walk(contract, inner, place, depth + 1, out);
  };
  if (const Json& properties = whole.at("properties"); properties.is_object())
    for (const auto& [name, property] : properties.members()) add(at + "/" + name, property);
  if (const Json& others = whole.at("additionalProperties"); others.is_object())
    add(at + "/*", others);
  if (const Json& items = whole.at("items"); items.is_object())
    walk(contract, items, at + "/-", depth + 1, out);
}

bool is_empty(const Json& value) {
  return value.is_null() || (value.is_string() && value.as_string().empty()) ||
         (value.is_array() && value.as_array().empty()) ||
         (value.is_object() && value.members().empty());
}

void fill(const std::vector<std::string>& known, const Json& value, const std::string& at,
          std::set<std::string>& out) {
  if (value.is_array())
    for (const Json& item : value.as_array()) fill(known, item, at + "/-", out);
  if (!value.is_object()) return;
  for (const auto& [name, member] : value.members()) {
    std::string place = at + "/" + name;
    if (std::ranges::find(known, place) == known.end()) place = at + "/*";
    if (is_empty(member) || std::ranges::find(known, place) == known.end()) continue;
    out.insert(place);
    fill(known, member, place, out);
  }
}

void collect(const Json& value, const std::string& at,
             std::vector<std::pair<std::string, std::string>>& out) {
  if (value.is_string()) out.emplace_back(at, value.as_string());
  if (value.is_array())
    for (const Json& item : value.as_array()) collect(item, at + "/-", out);
  if (value.is_object())
    for (const auto& [name, member] : value.members()) collect(member, at + "/" + name, out);
}

std::string join(const std::set<int>& statuses) {
  std::string out;
  for (const int status : statuses) out += (out.empty() ? "" : "/") + std::to_string(status);
  return out;
}

}  // namespace

std::vector<std::string> places(const Contract& contract, const Json& schema) {
  std::vector<std::string> out;
  walk(contract, schema, "", 0, out);
  return out;
}

std::vector<std::string> places(const Contract& contract, const Operation& operation) {
  for (const auto& [status, response] : operation.json->at("responses").members())
    if (status.starts_with("2"))
      if (const Json* schema =
              contract.resolved(response).at("content", "application/json").find("schema"))
        return places(contract, *schema);
  return {};
}

std::set<std::string> filled_places(const std::vector<std::string>& known, const Json& value) {
  std::set<std::string> out;
  fill(known, value, "", out);
  return out;
}

std::vector<std::pair<std::string, std::string>> texts_in(const Json& value) {
  std::vector<std::pair<std::string, std::string>> out;
  collect(value, "", out);
  return out;
}

void Sight::saw(const Operation& operation, const std::string& kind, const Reply& reply,
                const std::vector<std::string>& known, const std::set<std::string>& filled) {
  const auto [at, fresh] = answers_.try_emplace(operation.id());
  Answers& answers = at->second;
  if (fresh) {
    order_.push_back(operation.id());
    answers.title = operation.id() + "  " + operation.method + " " + operation.pattern;
  }
  // Of what the contract knows no shape of, each answer tells more.
  for (const std::string& place : known)
    if (std::ranges::find(answers.known, place) == answers.known.end())
      answers.known.push_back(place);
  answers.statuses[kind].insert(reply.status);
  answers.shown[kind].insert(filled.begin(), filled.end());
}

const std::set<std::string>& Sight::of(const std::string& operation,
                                       const std::string& kind) const {
  static const std::set<std::string> kNothing;
  const auto at = answers_.find(operation);
  if (at == answers_.end()) return kNothing;
  const auto shown = at->second.shown.find(kind);
  return shown == at->second.shown.end() ? kNothing : shown->second;
}

std::string Sight::text() const {
  std::string out;
  for (const std::string& id : order_) {
    const Answers& answers = answers_.at(id);
    std::size_t width = 0;
    for (const std::string& place : answers.known) width = std::max(width, place.size());
    out += (out.empty() ? "" : "\n") + answers.title + "\n";
    const auto line = [&](const std::string& first, const auto& cell) {
      std::string text = fmt::format("  {:<{}}", first, width);
      for (const std::string& kind : kinds_) {
        // A column is as wide as its name, and a status or two.
        const std::size_t column = std::max<std::size_t>(kind.size(), 7);
        text += fmt::format("  {:>{}}", cell(kind), column);
      }
      out += text + "\n";
    };
    line("", [](const std::string& kind) { return kind; });
    line("", [&](const std::string& kind) { return join(answers.statuses.at(kind)); });
    for (const std::string& place : answers.known)
      line(place, [&](const std::string& kind) -> std::string {
        return answers.shown.at(kind).contains(place) ? "yes" : "-";
      });
  }
  return out;
}

}  // namespace ks::api_test
