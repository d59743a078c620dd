#include "http/problem.hpp"

#include <string>

#include <doctest/doctest.h>

#include "base/json.hpp"

namespace ks::http {

namespace {
Request asked() {
  Request request;
  request.request_id = "rid";
  return request;
}
Json body(const Response& response) {
  auto parsed = parse_json(response.body);
  REQUIRE(parsed);
  return *parsed;
}
Error make(Error::Code code, std::string problem, std::string message) {
  return Error{code, std::move(problem), std::move(message), {}, {}, {}, 0, 0, {}};
}
}  // namespace

TEST_CASE("each code has its status, unless the error names another") {
  const std::pair<Error::Code, int> kTable[] = {
      {Error::Code::invalid, 422}, {Error::Code::not_found, 404},  {Error::Code::conflict, 409},
      {Error::Code::denied, 403},  {Error::Code::over_limit, 403}, {Error::Code::unavailable, 503},
      {Error::Code::bug, 500}};
  for (const auto& [code, status] : kTable) {
    Error error = make(code, "some_problem", "why");
    CHECK(status_of(error) == status);
    CHECK(problem(error, asked(), "https://h").status == status);
    error.status = 429;
    CHECK(status_of(error) == 429);
  }
}

TEST_CASE("faults come with their pointers, all at once") {
  const auto error = invalid({{"/name", "is required"}, {"/env/A~1B", "is not a name"}}).error();
  const Response response = problem(error, asked(), "https://h");
  CHECK(response.headers.get("content-type") == "application/problem+json");
  CHECK(
      response.body ==
      R"({"type":"https://h/problems/validation-failed","title":"Validation failed","status":422,)"
      R"("detail":"The request has invalid fields.","code":"validation_failed",)"
      R"("errors":[{"pointer":"/name","message":"is required"},)"
      R"({"pointer":"/env/A~1B","message":"is not a name"}],"trace_id":"rid"})");
}

TEST_CASE("a limit of the plan keeps the shape that clients rely on") {
  Error error = make(Error::Code::over_limit, "plan_limit_reached", "");
  error.limit = LimitDetail{"deployments.max",
                            1,
                            1,
                            1,
                            "organization",
                            "free",
                            "business",
                            5,
                            "/o/acme/billing?from=deployments.max",
                            false,
                            {{"Ann", "org_owner"}}};
  const auto expected = parse_json(R"({"type":"https://h/problems/plan-limit",
    "title":"Plan limit reached","status":403,"code":"plan_limit_reached",
    "feature":"deployments.max","limit":1,"used":1,"requested":1,"per":"organization","plan":"free",
    "upgrade":{"plan":"business","limit":5,"url":"/o/acme/billing?from=deployments.max"},
    "can_upgrade":false,"contacts":[{"name":"Ann","role":"org_owner"}],"trace_id":"rid"})");
  REQUIRE(expected);
  CHECK(body(problem(error, asked(), "https://h")) == *expected);

  error.limit->limit.reset();
  error.limit->upgrade_limit.reset();
  Json got = body(problem(error, asked(), "https://h"));
  CHECK(got.at("limit").is_null());
  CHECK(got.find("limit") != nullptr);
  CHECK(got.at("upgrade").find("limit") != nullptr);
  CHECK(got.at("upgrade", "limit").is_null());
  error.limit->upgrade_plan.clear();
  CHECK(body(problem(error, asked(), "https://h")).find("upgrade") == nullptr);
}

TEST_CASE("a missing right names the action and the roles that have it") {
  Error error = make(Error::Code::denied, "permission_denied", "no");
  error.denial = DeniedDetail{"deployment.create", {"team_admin", "org_owner"}};
  const Json got = body(problem(error, asked(), "https://h"));
  CHECK(got.text("type") == "https://h/problems/permission-denied");
  CHECK(got.text("action") == "deployment.create");
  CHECK(got.at("roles").as_array().size() == 2);
}

TEST_CASE("a defect is answered with the id under which its cause is logged, and nothing else") {
  const Response response = problem(bug("select broke at 10.0.0.3").error(), asked(), "https://h");
  CHECK(response.status == 500);
  CHECK(response.body.find("10.0.0.3") == std::string::npos);
  CHECK(body(response).text("trace_id") == "rid");
}

TEST_CASE("a stale version brings the current state, a busy server the time to wait") {
  Error stale = make(Error::Code::conflict, "version_mismatch", "changed meanwhile");
  stale.status = 412;
  stale.current = R"({"id":"x","n":1})";
  const Json got = body(problem(stale, asked(), "https://h"));
  CHECK(got.integer_or(0, "status") == 412);
  CHECK(got.text("current", "id") == "x");

  Error busy = make(Error::Code::unavailable, "database_unavailable", "later");
  CHECK_FALSE(problem(busy, asked(), "https://h").headers.has("retry-after"));
  busy.retry_after_s = 5;
  CHECK(problem(busy, asked(), "https://h").headers.get("retry-after") == "5");
}

}  // namespace ks::http
