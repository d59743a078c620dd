// Tenants beside each other, under odd names too. Every operation as everybody: matrix_test.cpp.
#include <doctest/doctest.h>

#include "tests/api/server.hpp"

using namespace ks;
using namespace ks::api_test;

namespace {

constexpr const char* kNobodysId = "01939f6e-4a00-7000-8000-000000000001";

struct Tenants {
  Server server;
  Person ann = server.somebody("Ann");
  Person eve = server.somebody("Eve");
  std::string deployment_id;

  Tenants() {
    deployment_id = ann.deploy("web").text("id");
    eve.deploy("web");
  }

  Reply send(Person& who, const Operation& op, const std::string& target) {
    // Nobody's rights depend on a body, so the smallest one there is will do.
    if (op.json->find("requestBody") != nullptr)
      return who.call({op.method, target, {{"Content-Type", "application/json"}}, "{}"});
    return who.call({op.method, target, {}, std::nullopt});
  }

  template <class Check>
  void each(std::string_view audience, std::string_view with, int least, Check check) {
    int checked = 0;
    for (const Operation& op : server.contract().operations()) {
      if (op.json->text("x-audience") != audience) continue;
      if (op.pattern.find(with) == std::string::npos) continue;
      CAPTURE(op.id());
      ++checked;
      check(op);
    }
    CHECK(checked >= least);
  }

  // Each of these is 404, and all of them one answer but for the trace id.
  void check_hidden(Person& who, const Operation& op, const std::vector<std::string>& targets) {
    Json first;
    for (const std::string& target : targets) {
      CAPTURE(target);
      const Reply reply = send(who, op, target);
      CHECK(reply.status == 404);
      const Json body = reply.json_without_trace();
      CHECK(body.text("code") == "not_found");
      if (first.is_null()) first = body;
      CHECK(body == first);
      CHECK_FALSE(reply.header("etag").has_value());
    }
  }
};

}  // namespace

TEST_CASE_FIXTURE(Tenants, "another's organization is as if it did not exist") {
  each("member", "{org}", 15, [&](const Operation& op) {
    check_hidden(eve, op,
                 {filled(op.pattern, ann.org), filled(op.pattern, ann.org_id),
                  filled(op.pattern, ann.org_id, ann.team_id, deployment_id),
                  filled(op.pattern, kNobodysId), filled(op.pattern, "no-such"),
                  filled(op.pattern, "%F0%9F%98%80"), filled(op.pattern, std::string(300, 'a'))});
  });
}

TEST_CASE_FIXTURE(Tenants, "what administrators of the platform do exists for nobody else") {
  each("platform_admin", "", 2, [&](const Operation& op) {
    check_hidden(
        eve, op,
        {filled(op.pattern, eve.org), filled(op.pattern, ann.org), filled(op.pattern, "no-such")});
  });
}

TEST_CASE_FIXTURE(Tenants, "an administrator of the platform finds no organization that is not") {
  Person root = server.administrator();
  const Operation* op = server.contract().find("PUT", "/api/v1/platform/orgs/no-such/subscription");
  REQUIRE(op != nullptr);
  for (const char* org : {"no-such", kNobodysId})
    CHECK(root.put(filled(op->pattern, org), Json::object({{"plan", "business"}})).status == 404);
}

TEST_CASE_FIXTURE(Tenants, "ids and slugs lead to the same thing, for those who may see it") {
  CHECK(ann.get("/api/v1/orgs/" + ann.org_id).json() == ann.get(ann.org_path()).json());
  const Json by_name = ann.get(ann.deployment_path("web")).json();
  const Json by_id = ann.get("/api/v1/orgs/" + ann.org_id + "/teams/" + ann.team_id +
                             "/deployments/" + deployment_id)
                         .json();
  CHECK(by_name.at("id") == by_id.at("id"));
  CHECK(by_name.at("url") == by_id.at("url"));
}

TEST_CASE_FIXTURE(Tenants, "lists have one's own only") {
  for (const auto& path :
       {std::string("/api/v1/orgs"), eve.org_path() + "/teams", eve.deployments_path()}) {
    const Reply reply = eve.get(path);
    REQUIRE(reply.status == 200);
    CHECK(reply.json().at("items").as_array().size() == 1);
    CHECK(reply.body.find(ann.org_id) == std::string::npos);
    CHECK(reply.body.find(ann.team_id) == std::string::npos);
    CHECK(reply.body.find(deployment_id) == std::string::npos);
  }
}
