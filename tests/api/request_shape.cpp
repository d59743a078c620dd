#include "tests/api/request_shape.hpp"

#include <algorithm>

namespace ks::api_test {

namespace {

constexpr const char* kSomeId = "01939f6e-4a00-7000-8000-0000000000aa";

// The schema, or what it can be instead.
std::vector<const Json*> alternatives(const Contract& contract, const Json& schema) {
  const Json& whole = contract.resolved(schema);
  std::vector<const Json*> out = {&whole};
  for (const char* keyword : {"oneOf", "anyOf"})
    if (const Json& options = whole.at(keyword); options.is_array())
      for (const Json& option : options.as_array())
        for (const Json* inner : alternatives(contract, option)) out.push_back(inner);
  return out;
}

std::vector<std::string> choices_of(const Json& schema) {
  std::vector<std::string> out;
  if (const Json& options = schema.at("enum"); options.is_array())
    for (const Json& option : options.as_array())
      if (option.is_string()) out.push_back(option.as_string());
  return out;
}

std::string noun_of(const Json& holder) {
  const std::string_view refers = holder.text("x-refers");
  return std::string(refers.empty() ? holder.text("x-claims") : refers);
}

class Walk {
 public:
  Walk(const Contract& contract, RequestShape& out) : contract_(contract), out_(out) {}

  void object(const Json& schema, const std::string& at) {
    for (const Json* one : alternatives(contract_, schema)) {
      if (const Json& items = one->at("items"); items.is_object()) value(items, at + "/0");
      const Json& others = one->at("additionalProperties");
      // "web" is what the only service of the recipes is called.
      if (others.is_object()) value(others, at + "/web");
      if (one->find("properties") == nullptr && !others.is_bool()) continue;
      auto& known = out_.objects[at];
      if (!one->at("properties").is_object()) continue;
      for (const auto& [name, property] : one->at("properties").members()) {
        known.insert(name);
        field(name, property, at + pointer_token(name));
        value(property, at + pointer_token(name));
      }
    }
  }

 private:
  void value(const Json& schema, const std::string& at) {
    const auto all = alternatives(contract_, schema);
    const bool holds = std::ranges::any_of(all, [](const Json* one) {
      return one->find("properties") != nullptr || one->find("items") != nullptr ||
             one->at("additionalProperties").is_object();
    });
    if (holds) object(schema, at);
  }
  void field(const std::string& name, const Json& property, const std::string& at) {
    const auto known = [&](const RequestField& field) { return field.at == at; };
    if (std::ranges::any_of(out_.fields, known)) return;
    const Json& whole = contract_.resolved(property);
    out_.fields.push_back({at, name, std::string(property.text("description")),
                           std::string(whole.text("format")), noun_of(property),
                           property.find("x-claims") != nullptr, choices_of(whole)});
  }

  const Contract& contract_;
  RequestShape& out_;
};

// A value that the schema could mean.
Json sample(const Contract& contract, const Json& schema) {
  const Json& whole = contract.resolved(schema);
  if (const Json* only = whole.find("const")) return *only;
  if (const Json& options = whole.at("enum"); options.is_array()) return options.as_array()[0];
  const Json& type = whole.at("type");
  const std::string kind = type.is_array()    ? type.as_array()[0].as_string()
                           : type.is_string() ? type.as_string()
                                              : "object";
  if (whole.text("format") == "uuid") return kSomeId;
  if (whole.text("format") == "date-time") return "2026-01-02T03:04:05Z";
  if (kind == "string") return "something";
  if (kind == "integer" || kind == "number") return 1;
  if (kind == "boolean") return true;
  if (kind == "array") return Json::array();
  return Json::object();
}

void collect(const Contract& contract, const Json& schema, std::map<std::string, Json>& into) {
  for (const Json* one : alternatives(contract, schema))
    if (one->at("properties").is_object())
      for (const auto& [name, property] : one->at("properties").members())
        into.emplace(name, sample(contract, property));
}

void each_object(const Contract& contract, const Json& value, std::map<std::string, Json>& into) {
  if (value.is_array())
    for (const Json& item : value.as_array()) each_object(contract, item, into);
  if (!value.is_object()) return;
  if (value.at("properties").is_object())
    for (const auto& [name, property] : value.at("properties").members())
      into.emplace(name, sample(contract, property));
  for (const auto& [name, member] : value.members())
    if (name != "example") each_object(contract, member, into);
}

}  // namespace

const Json* body_schema(const Contract& contract, const Operation& operation) {
  const Json* body = operation.json->find("requestBody");
  if (body == nullptr) return nullptr;
  return contract.resolved(*body).at("content", "application/json").find("schema");
}

RequestShape request_shape(const Contract& contract, const Operation& operation) {
  RequestShape out;
  for (const Json* holder : {operation.item, operation.json})
    if (const Json& list = holder->at("parameters"); list.is_array())
      for (const Json& one : list.as_array()) {
        const Json& parameter = contract.resolved(one);
        const std::string name(parameter.text("name"));
        const std::string_view in = parameter.text("in");
        if (in != "query" && in != "path") continue;
        out.fields.push_back({in == "query" ? "?" + name : "{" + name + "}", name,
                              std::string(parameter.text("description")),
                              std::string(parameter.text("schema", "format")), noun_of(parameter)});
      }
  if (const Json* schema = body_schema(contract, operation))
    Walk(contract, out).object(*schema, "");
  return out;
}

std::map<std::string, Json> answer_properties(const Contract& contract,
                                              const Operation& operation) {
  std::map<std::string, Json> out;
  for (const auto& [status, response] : operation.json->at("responses").members())
    if (status.starts_with("2"))
      collect(contract, contract.resolved(response).at("content", "application/json").at("schema"),
              out);
  return out;
}

std::map<std::string, Json> all_properties(const Contract& contract) {
  std::map<std::string, Json> out;
  each_object(contract, contract.json().at("components", "schemas"), out);
  return out;
}

Amended::Amended(Server& server, std::function<void(Json&)> change) : server_(server) {
  server.amend = [change = std::move(change)](Request& request) {
    if (request.method == "GET") return;
    Json body = Json::object();
    if (request.body && !request.body->empty()) body = *parse_json(*request.body);
    change(body);
    request.body = body.dump();
    std::erase_if(request.headers, [](const auto& field) {
      return field.first == "Content-Length" || field.first == "Content-Type";
    });
    request.headers.emplace_back("Content-Type", "application/json");
  };
}

Json& spot(Json& body, const std::string& pointer) {
  Json* at = &body;
  for (std::size_t start = 1; start <= pointer.size() && !pointer.empty();) {
    const std::size_t end = std::min(pointer.find('/', start), pointer.size());
    const std::string token = pointer.substr(start, end - start);
    if (token == "0") {
      if (!at->is_array()) *at = Json::array();
      if (at->as_array().empty()) at->push(Json());
      at = &at->as_array()[0];
    } else {
      if (!at->is_object()) *at = Json::object();
      at = &(*at)[token];
    }
    start = end + 1;
  }
  return *at;
}

}  // namespace ks::api_test
