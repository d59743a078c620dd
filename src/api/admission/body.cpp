#include "api/admission/body.hpp"

#include <algorithm>
#include <string>

namespace ks::api {

namespace {

// The media type without its parameters, lower case.
std::string media_type(const http::Request& request) {
  std::string_view field = request.headers.get("Content-Type");
  field = field.substr(0, field.find(';'));
  while (!field.empty() && (field.back() == ' ' || field.back() == '\t')) field.remove_suffix(1);
  std::string out(field);
  std::ranges::transform(out, out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return out;
}

}  // namespace

Result<Json> parse_body(const http::Request& request, Body body) {
  if (body == Body::none || (body == Body::optional_json && request.body.empty())) {
    if (!request.body.empty()) return invalid({Fault{"", "this request takes no body"}});
    return Json::object();
  }
  if (request.body.empty()) {
    auto error = invalid("A body is required: send JSON.");
    error.error().problem = "malformed_json";
    error.error().status = 400;
    return error;
  }
  const std::string type = media_type(request);
  const bool json = type == "application/json" || (request.method == http::Method::patch &&
                                                   type == "application/merge-patch+json");
  if (!json) {
    auto error = invalid("Send the body as application/json.");
    error.error().problem = "unsupported_media_type";
    error.error().status = 415;
    return error;
  }
  auto parsed = parse_json(request.body);
  if (!parsed) {
    auto error = invalid(parsed.error().message);
    error.error().problem = "malformed_json";
    error.error().status = 400;
    return error;
  }
  if (!parsed->is_object()) return invalid({Fault{"", "must be an object"}});
  return parsed;
}

}  // namespace ks::api
