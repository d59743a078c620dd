#include "http/problem.hpp"

#include <string>

#include "base/json.hpp"
#include "base/log.hpp"

namespace ks::http {

namespace {

std::string_view problem_code(const Error& error) {
  return error.problem.empty() ? code_name(error.code) : std::string_view(error.problem);
}

std::string title_of(std::string_view code) {
  std::string out(code);
  for (char& c : out)
    if (c == '_') c = ' ';
  if (out.ends_with(" json")) out.replace(out.size() - 4, 4, "JSON");
  if (!out.empty() && out[0] >= 'a' && out[0] <= 'z') out[0] = static_cast<char>(out[0] - 32);
  return out;
}

Json amount(const std::optional<std::int64_t>& value) { return value ? Json(*value) : Json(); }

void add_limit(Json& body, const LimitDetail& limit) {
  body.set("feature", limit.feature);
  body.set("limit", amount(limit.limit));
  body.set("used", limit.used);
  body.set("requested", limit.requested);
  body.set("per", limit.per);
  body.set("plan", limit.plan);
  if (!limit.upgrade_plan.empty()) {
    Json upgrade = Json::object();
    upgrade.set("plan", limit.upgrade_plan);
    upgrade.set("limit", amount(limit.upgrade_limit));
    upgrade.set("url", limit.upgrade_url);
    body.set("upgrade", std::move(upgrade));
  }
  body.set("can_upgrade", limit.can_upgrade);
  Json contacts = Json::array();
  for (const Contact& contact : limit.contacts) {
    Json one = Json::object();
    one.set("name", contact.name);
    one.set("role", contact.role);
    contacts.push(std::move(one));
  }
  body.set("contacts", std::move(contacts));
}

}  // namespace

std::string problem_type(std::string_view base_url, std::string_view code) {
  std::string out(base_url);
  out += "/problems/";
  // The page of the limit is older than the code, and its address is part of the contract.
  if (code == "plan_limit_reached") return out + "plan-limit";
  for (const char c : code) out += c == '_' ? '-' : c;
  return out;
}

int status_of(const Error& error) {
  if (error.status != 0) return error.status;
  switch (error.code) {
    case Error::Code::invalid:
      return 422;
    case Error::Code::not_found:
      return 404;
    case Error::Code::conflict:
      return 409;
    case Error::Code::denied:
      return 403;
    case Error::Code::over_limit:
      return 403;
    case Error::Code::unavailable:
      return 503;
    case Error::Code::bug:
      return 500;
  }
  return 500;
}

Response problem(const Error& error, const Request& request, std::string_view base_url) {
  const int status = status_of(error);
  const std::string_view code = problem_code(error);
  const bool bug = error.code == Error::Code::bug;
  if (bug)
    log::error("request failed by a defect",
               {{"request_id", request.request_id}, {"what", error.message}});

  Json body = Json::object();
  body.set("type", problem_type(base_url, code));
  body.set("title", title_of(code));
  body.set("status", status);
  constexpr std::string_view kFailed =
      "The server failed; the trace id finds the cause in its log.";
  const std::string_view detail = bug ? kFailed : std::string_view(error.message);
  if (!detail.empty()) body.set("detail", detail);
  body.set("code", code);
  if (error.limit) add_limit(body, *error.limit);
  if (error.denial) {
    body.set("action", error.denial->action);
    Json roles = Json::array();
    for (const std::string& role : error.denial->roles) roles.push(role);
    body.set("roles", std::move(roles));
  }
  if (!error.faults.empty()) {
    Json faults = Json::array();
    for (const Fault& fault : error.faults) {
      Json one = Json::object();
      one.set("pointer", fault.pointer);
      one.set("message", fault.message);
      faults.push(std::move(one));
    }
    body.set("errors", std::move(faults));
  }
  body.set("trace_id", request.request_id);

  std::string text = body.dump();
  if (!error.current.empty()) {
    text.pop_back();
    text += ",\"current\":";
    text += error.current;
    text += '}';
  }
  Response out{status, "application/problem+json", std::move(text)};
  out.problem = code;
  if (error.retry_after_s > 0) out.headers.add("Retry-After", std::to_string(error.retry_after_s));
  return out;
}

}  // namespace ks::http
