#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/process/installation.hpp"

using namespace ks;
using namespace ks::test;

TEST_CASE("an access review outlives the server that it was started on") {
  on_both_engines([](Installation& world) {
    auto server = world.start();
    Person ann(server->port()), ben(server->port());
    REQUIRE(ann.sign_up("ann@example.com").status == 201);
    REQUIRE(ben.sign_up("ben@example.com").status == 201);
    // As if he had been there before anybody wrote down who gives a right.
    const std::string id(ben.get("/me").json().text("user", "id"));
    world.execute(fmt::format(
        "INSERT INTO org_members (client_id, org_id, user_id, role, created_at) "
        "SELECT o.client_id, o.id, '{}', 'org_member', 1 FROM organizations AS o WHERE o.id = '{}'",
        id, ann.org_id()));
    world.execute(fmt::format("UPDATE org_usage SET members = members + 1 WHERE org_id = '{}'",
                              ann.org_id()));
    world.execute(
        fmt::format("UPDATE users SET authz_version = authz_version + 1 WHERE id = '{}'", id));
    CHECK(ben.get(ann.org()).status == 200);

    const std::string access = ann.org() + "/access-review";
    const Answer file = ann.get(access + "/export");
    CHECK(file.status == 200);
    CHECK(file.body.find(id + ",ben@example.com,") != std::string::npos);
    CHECK(file.body.find(",org_member,1970-01-01T00:00:00.000001Z,unknown,,,") !=
          std::string::npos);
    const Answer started = ann.send("POST", access);
    REQUIRE(started.status == 201);
    const std::string review =
        ann.org() + "/access-reviews/" + std::string(started.json().text("id"));

    server->kill9();
    server = world.start();
    ann.at(server->port());
    ben.at(server->port());
    CHECK(ann.send("POST", access).code() == "review_open");
    const Json rows = ann.get(review + "/rows").json();
    for (const Json& row : rows.at("items").as_array())
      if (row.text("user", "id") == id)
        CHECK(ann.send("PUT", fmt::format("{}/rows/{}", review, row.at("number").as_int()),
                       Json::object({{"decision", "removed"}}))
                  .status == 200);
    CHECK(ben.get(ann.org()).status == 404);
    const Json done = ann.send("POST", review + "/finish").json();
    CHECK(done.at("counts", "removed").as_int() == 1);
    CHECK(done.at("counts", "undecided").as_int() == 2);
    CHECK(world.query("SELECT COUNT(*) FROM audit WHERE target_kind = 'access_review'") == "3");
  });
}
