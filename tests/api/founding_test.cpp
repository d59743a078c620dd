#include <string>

#include <doctest/doctest.h>

#include "tests/api/server.hpp"

namespace ks::api_test {

TEST_CASE("a person owns one organization on the free plan, and more once it is raised") {
  Server server;
  Person ann = server.somebody("Ann");
  const Reply refused = ann.post("/api/v1/orgs", Json::object({{"name", "Second"}}));
  CHECK(refused.status == 403);
  CHECK(refused.json().text("code") == "plan_limit_reached");
  CHECK(refused.json().text("feature") == "free_orgs.max");
  CHECK(refused.json().integer_or(0, "limit") == 1);
  CHECK(refused.json().integer_or(0, "used") == 1);

  server.raise(ann, "business");
  CHECK(ann.post("/api/v1/orgs", Json::object({{"name", "Second"}})).status == 201);
  CHECK(ann.post("/api/v1/orgs", Json::object({{"name", "Third"}})).status == 403);
}

}  // namespace ks::api_test
