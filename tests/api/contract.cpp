#include "tests/api/contract.hpp"

#include <algorithm>
#include <array>

#include "tests/api/schema.hpp"

namespace ks::api_test {

namespace {

constexpr std::array<std::string_view, 5> kMethods = {"get", "post", "put", "patch", "delete"};

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return out;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

std::vector<std::string_view> segments(std::string_view path) {
  std::vector<std::string_view> out;
  for (std::size_t start = 1; start <= path.size();) {
    const std::size_t end = std::min(path.find('/', start), path.size());
    out.push_back(path.substr(start, end - start));
    start = end + 1;
  }
  return out;
}

bool matches(std::string_view pattern, std::string_view path) {
  const auto wanted = segments(pattern);
  const auto given = segments(path);
  return std::ranges::equal(wanted, given, [](std::string_view a, std::string_view b) {
    return a.starts_with('{') ? !b.empty() : a == b;
  });
}

}  // namespace

Contract::Contract(Json json) : json_(std::move(json)) {
  for (const auto& [path, item] : json_.at("paths").members())
    for (const std::string_view method : kMethods)
      if (const Json* op = item.find(method))
        operations_.push_back({upper(method), path, &item, op});
}

const Operation* Contract::find(std::string_view method, std::string_view path) const {
  const auto at = std::ranges::find_if(operations_, [&](const Operation& op) {
    return op.method == method && matches(op.pattern, path);
  });
  return at == operations_.end() ? nullptr : &*at;
}

const Json& Contract::resolved(const Json& value) const {
  const std::string_view reference = value.text("$ref");
  const Json* found = reference.empty() ? nullptr : resolve(json_, reference);
  return found != nullptr ? *found : value;
}

std::vector<std::string> Contract::reply_faults(const Operation& operation, const Reply& reply) {
  const std::string status = std::to_string(reply.status);
  seen_.insert(operation.id() + " " + status);
  const Json* given = operation.json->at("responses").find(status);
  if (given == nullptr) return {"status " + status + " is not in the contract"};
  const Json& response = resolved(*given);
  std::vector<std::string> out;

  const Json& headers = response.at("headers");
  if (headers.is_object())
    for (const auto& [name, header] : headers.members()) {
      const Json& field = resolved(header);
      const auto value = reply.header(lower(name));
      const bool required = field.at("required").is_bool() && field.at("required").as_bool();
      if (!value && required) out.push_back("lacks the field " + name);
      if (!value) continue;
      for (const auto& fault : schema_faults(json_, field.at("schema"), Json(*value)))
        out.push_back(name + fault);
    }
  for (const std::string_view name : {"ETag", "Location", "Link", "Set-Cookie", "Retry-After"})
    if (reply.header(lower(name)) && headers.find(name) == nullptr)
      out.push_back("the field " + std::string(name) + " is not in the contract");

  const Json& content = response.at("content");
  if (!content.is_object()) {
    if (!reply.body.empty()) out.push_back("has a body, which is not in the contract");
    return out;
  }
  std::string type = reply.header("content-type").value_or("");
  type = type.substr(0, type.find(';'));
  const Json* media = content.find(type);
  if (media == nullptr) {
    out.push_back("content type '" + type + "' is not in the contract");
    return out;
  }
  if (type != "application/json" && !type.ends_with("+json")) return out;
  const auto body = parse_json(reply.body, JsonLimits{64, std::size_t{8} << 20});
  if (!body) {
    out.push_back("the body is no JSON: " + body.error().message);
    return out;
  }
  for (auto& fault : schema_faults(json_, media->at("schema"), *body))
    out.push_back(std::move(fault));
  if (type == "application/problem+json") {
    const Json& statuses = json_.at("x-problems").at(body->text("code"), "status");
    const auto is_status = [&](const Json& one) { return one == Json(reply.status); };
    if (!statuses.is_array() || std::ranges::none_of(statuses.as_array(), is_status))
      out.push_back("the code '" + std::string(body->text("code")) + "' is not in x-problems");
  }
  return out;
}

std::vector<std::string> Contract::body_faults(const Operation& operation, const Json& body) const {
  const Json* request = operation.json->find("requestBody");
  if (request == nullptr) return {"takes no body"};
  return schema_faults(json_, resolved(*request).at("content", "application/json", "schema"), body);
}

std::vector<std::string> Contract::event_faults(const Event& event) const {
  const Json& events =
      json_.at("paths")
          .at("/api/v1/orgs/{org}/stream")
          .at("get", "responses", "200", "content", "text/event-stream", "x-events");
  const Json* schema = events.find(event.name);
  if (schema == nullptr) return {"the event '" + event.name + "' is not in the contract"};
  const auto data = parse_json(event.data);
  if (!data) return {"the data is no JSON"};
  return schema_faults(json_, *schema, *data);
}

}  // namespace ks::api_test
