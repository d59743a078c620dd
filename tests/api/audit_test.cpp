// The audit log over the API: what each route of the table leaves in it, on both engines, and how
// it is read, narrowed and taken away.
#include <algorithm>

#include <doctest/doctest.h>

#include "domain/audit/allowance.hpp"
#include "domain/audit/target_kind.hpp"
#include "tests/api/audit_rows.hpp"
#include "tests/api/audit_state.hpp"

using namespace ks;
using namespace ks::api_test;
using ks::test::RawSql;

namespace {

// Or nobody could ask for what those rows are about.
void check_kinds(const RawSql& raw, const std::string& org) {
  if (org.empty()) return;  // Of the client, which nobody reads by kind.
  for (const std::string& row : rows_of(raw, org)) {
    std::string_view kind(row);
    for (int column = 0; column < 3; ++column) kind.remove_prefix(kind.find('|') + 1);
    CHECK_MESSAGE(is_target_kind(kind.substr(0, kind.find('|'))), row);
  }
}

}  // namespace

TEST_CASE("every write of the route table that works leaves exactly one row of its action") {
  on_both([](Server& server) {
    const RawSql raw(server.dsn());
    server.administrator();
    for (const WriteRoute& route : writes_of(server)) {
      CAPTURE(route.name);
      CHECK_FALSE(route.deed.empty());
      const Prepared ready = prepared(server, route.name);
      const std::string all_before = all_rows(raw);
      const bool fresh = ready.org == "new";
      const auto before = fresh ? std::vector<std::string>() : rows_of(raw, ready.org);
      const Reply reply = ready.send();
      CAPTURE(reply.body);
      REQUIRE(reply.status / 100 == 2);
      const std::string org = fresh ? std::string(reply.json().text("id")) : ready.org;
      const auto after = rows_of(raw, org);
      CHECK(after.size() == before.size() + ready.before + 1);
      CHECK(after.back().find("|" + route.deed + "|done|") != std::string::npos);
      CHECK(count(after, "|" + route.deed + "|done|") ==
            count(before, "|" + route.deed + "|done|") + 1);
      check_kinds(raw, org);
    }
  });
}

TEST_CASE("a write whose audit row cannot be written does not happen, on any route") {
  on_both([](Server& server) {
    const RawSql raw(server.dsn());
    server.administrator();
    for (const WriteRoute& route : writes_of(server)) {
      CAPTURE(route.name);
      const Prepared ready = prepared(server, route.name);
      const std::string before = state_of(raw);
      break_audit(raw);
      // What a failing database is answered with is not promised here, only that it is no success.
      const Reply reply = ready.send();
      mend_audit(raw);
      CAPTURE(reply.body);
      CHECK(reply.status >= 400);
      CHECK(changed_since(raw, before) == "");
      // And it does once the fault is mended.
      CHECK(ready.send().status / 100 == 2);
    }
  });
}

TEST_CASE("a write that fails leaves no row that says it was done, on any route") {
  on_both([](Server& server) {
    const RawSql raw(server.dsn());
    server.administrator();
    for (const WriteRoute& route : writes_of(server)) {
      CAPTURE(route.name);
      const Prepared ready = prepared(server, route.name);
      const std::string before = state_of(raw);
      break_state(raw);
      const Reply reply = ready.send();
      mend_state(raw);
      CAPTURE(reply.body);
      CHECK(reply.status >= 400);
      CHECK(changed_since(raw, before) == "");
      CHECK(ready.send().status / 100 == 2);
    }
  });
}

TEST_CASE("every refusal of a member leaves one denied row on the thing that was tried") {
  on_both([](Server& server) {
    const RawSql raw(server.dsn());
    Person owner = server.somebody();
    owner.deploy("web");
    owner.wait_for("web", "Ready");
    Person viewer = viewer_in(server, owner);
    const std::string deployment =
        raw.one("SELECT id FROM deployments WHERE org_id = '" + owner.org_id + "'");
    int refused = 0, of_this_one = 0;
    for (const http::Router::Route* route : server.program().router()->routes()) {
      if (route->info.audience != "member") continue;
      // Of one person only so many are written.
      if (of_this_one == 20) viewer = viewer_in(server, owner), of_this_one = 0;
      const std::string method(http::method_name(route->method));
      CAPTURE(method);
      CAPTURE(route->pattern);
      const auto before = rows_of(raw, owner.org_id);
      const std::string path = filled(route->pattern, owner.org);
      // A stream that is allowed would stay open; what needs no right is nobody's to refuse.
      const std::string action =
          metadata(route->info,
                   route->pattern.find("/invitations") == std::string::npos ? "action" : "deed");
      if (route->pattern.ends_with("/stream") || action.empty()) continue;
      Reply reply;
      if (method == "DELETE" && path == owner.org_path())
        reply = viewer.call({method, path, {{"Content-Type", "application/json"}}, "{}"});
      else if (method == "GET" || method == "DELETE")
        reply = method == "GET" ? viewer.get(path) : viewer.del(path);
      else if (method == "PATCH")
        reply = viewer.patch(path, route->pattern.ends_with("{deployment}")
                                       ? Json::object({{"replicas", 2}})
                                       : Json::object({{"name", "x"}}));
      else if (method == "PUT")
        reply = viewer.put(path, Json::object());
      else if (path.ends_with("/ownership-offers"))
        reply = viewer.post(path, Json::object({{"user", owner.id}}));
      else if (path.ends_with("/invitations"))
        reply = viewer.post(path, Json::object({{"invitations", Json::array()}}));
      else if (path.ends_with("/deployments"))
        reply = viewer.post(path, image_body("other"));
      else
        reply = path.ends_with("/teams") ? viewer.post(path, Json::object({{"name", "T"}}))
                                         : viewer.poke(path);
      const auto after = rows_of(raw, owner.org_id);
      CAPTURE(reply.status);
      CAPTURE(reply.body);
      if (reply.status != 403) {
        // A body that is not one of the route's, or a read that viewers may do.
        CHECK((reply.status == 200 || reply.status == 404 || reply.status == 422));
        continue;
      }
      ++refused;
      ++of_this_one;
      REQUIRE(after.size() == before.size() + 1);
      const std::string& row = after.back();
      CAPTURE(row);
      CHECK(row.find("|" + action + "|denied|") != std::string::npos);
      CHECK(row.find("\"route\":\"" + method + " ") != std::string::npos);
      const bool on_deployment = route->pattern.find("{deployment}") != std::string::npos;
      const bool on_team = route->pattern.find("{team}") != std::string::npos;
      const bool on_member = route->pattern.find("{user}") != std::string::npos;
      const bool on_offer = route->pattern.find("{offer}") != std::string::npos;
      const bool on_invitation = route->pattern.find("{invitation}") != std::string::npos;
      const std::string exported = route->pattern.ends_with("/audit/export") ? "audit_export"
                                   : route->pattern.ends_with("/export")     ? "access_export"
                                                                             : "";
      // What the row of one that is done says, too.
      if (on_team && !exported.empty())
        CHECK(row.find("\"team\":\"" + owner.team_id + "\"") != std::string::npos);
      const std::string thing = !exported.empty() ? "|" + exported + "|" + owner.org_id
                                : on_member       ? "|member|" + filled("{user}", "")
                                : on_invitation   ? "|invitation|" + filled("{invitation}", "")
                                : on_offer        ? "|ownership_offer|" + filled("{offer}", "")
                                : on_deployment   ? "|deployment|" + deployment
                                : on_team         ? "|team|" + owner.team_id
                                                  : "|organization|" + owner.org_id;
      CHECK(row.find(thing) != std::string::npos);
    }
    CHECK(refused >= 17);
    check_kinds(raw, owner.org_id);

    // A limit of the plan is a refusal too, on the organization and on the person.
    const auto before = rows_of(raw, owner.org_id);
    CHECK(owner.post(owner.deployments_path(), image_body("two")).status == 403);
    const auto after = rows_of(raw, owner.org_id);
    REQUIRE(after.size() == before.size() + 1);
    CHECK(after.back().find("\"feature\":\"deployments.max\"") != std::string::npos);
    const auto client_before = rows_of(raw, "");
    CHECK(owner.post("/api/v1/orgs", Json::object({{"name", "Second"}})).status == 403);
    const auto client_after = rows_of(raw, "");
    REQUIRE(client_after.size() == client_before.size() + 1);
    CHECK(client_after.back().find("|org:found|denied|account|") != std::string::npos);
  });
}

TEST_CASE("who is refused on and on leaves a bounded number of rows, and the count of the rest") {
  on_both([](Server& server) {
    const RawSql raw(server.dsn());
    Person owner = server.somebody();
    Person viewer = viewer_in(server, owner);
    const auto denied = [&] { return count(rows_of(raw, owner.org_id), "|denied|"); };
    for (int i = 0; i < RefusalAllowance::kAtOnce + 40; ++i)
      REQUIRE(viewer.del(owner.team_path()).status == 403);
    CHECK(denied() == RefusalAllowance::kAtOnce);
    // Others are written all the same.
    Person other = viewer_in(server, owner);
    REQUIRE(other.del(owner.team_path()).status == 403);
    CHECK(denied() == RefusalAllowance::kAtOnce + 1);

    // Of a login too, at an account as at an address that has none.
    const auto failed = [&] { return count(rows_of(raw, ""), "|account:sign_in|denied|"); };
    const auto rows_at = [&](const std::string& email) {
      const auto before = failed();
      const Json wrong = Json::object({{"email", email}, {"password", "wrong"}});
      for (int i = 0; i < RefusalAllowance::kAtOnce + 10; ++i)
        REQUIRE(server.nobody().post("/api/v1/auth/login", wrong).status == 401);
      return failed() - before;
    };
    CHECK(rows_at("nobody@example.com") == RefusalAllowance::kAtOnce);
    // Of 256 addresses about one is in the same group.
    const auto at_account = rows_at(owner.email);
    CHECK((at_account == RefusalAllowance::kAtOnce || at_account == 0));
  });
}

TEST_CASE("who asks for what only administrators of the platform may leaves a row on the person") {
  on_both([](Server& server) {
    const RawSql raw(server.dsn());
    Person ann = server.somebody();
    Person other = server.somebody();
    const std::string user = raw.one("SELECT id FROM users WHERE email = '" + ann.email + "'");
    for (const http::Router::Route* route : server.program().router()->routes()) {
      if (route->info.audience != "platform_admin") continue;
      const std::string method(http::method_name(route->method));
      CAPTURE(method);
      CAPTURE(route->pattern);
      const auto before = rows_of(raw, "");
      const std::string path = filled(route->pattern, other.org);
      const Reply reply = method == "GET"      ? ann.get(path)
                          : method == "PUT"    ? ann.put(path, Json::object())
                          : method == "DELETE" ? ann.del(path)
                                               : ann.poke(path);
      CHECK(reply.status == 404);
      const auto after = rows_of(raw, "");
      REQUIRE(after.size() == before.size() + 1);
      CHECK(after.back().find("|" + metadata(route->info, "action") + "|denied|account|" + user) !=
            std::string::npos);
    }
  });
}

TEST_CASE("what changes nothing, and an answer that is given again, add no row") {
  Server server;
  const RawSql raw(server.dsn());
  Person ann = server.somebody();
  server.raise(ann, "business");
  const std::string token = invited(server, ann, "bob@example.com");
  const std::string all = all_rows(raw);
  const std::string state = state_of(raw);
  CHECK(
      server.nobody().post("/api/v1/invitations/lookup", Json::object({{"token", token}})).status ==
      200);
  CHECK(all_rows(raw) == all);
  CHECK(changed_since(raw, state) == "");
  const Fields key{{"Idempotency-Key", "once"}};
  const Json body = Json::object({{"name", "Core"}});
  REQUIRE(ann.post(ann.org_path() + "/teams", body, key).status == 201);
  const auto before = rows_of(raw, ann.org_id);
  CHECK(ann.post(ann.org_path() + "/teams", body, key).status == 201);
  CHECK(ann.patch(ann.org_path() + "/teams/core", body).status == 200);
  CHECK(ann.get(ann.org_path() + "/audit").status == 200);
  CHECK(ann.post(ann.org_path() + "/teams", Json::object({{"name", ""}})).status == 422);
  CHECK(rows_of(raw, ann.org_id) == before);
}

TEST_CASE(
    "a failed login is a row without the address that was typed, of known and unknown alike") {
  Server server;
  const RawSql raw(server.dsn());
  Person ann = server.somebody();
  Person other = server.nobody();
  const auto before = rows_of(raw, "");
  for (const std::string& email : {ann.email, std::string("canary-nobody@example.com")})
    CHECK(other.post("/api/v1/auth/login", Json::object({{"email", email}, {"password", "wrong"}}))
              .status == 401);
  const auto after = rows_of(raw, "");
  REQUIRE(after.size() == before.size() + 2);
  CHECK(count(after, "|account:sign_in|denied|account|") == 2);
  const std::string user = raw.one("SELECT id FROM users WHERE email = '" + ann.email + "'");
  CHECK(after[before.size()].find("|account|" + user + "|") != std::string::npos);
  CHECK(all_rows(raw).find("canary-nobody") == std::string::npos);
}

TEST_CASE("no secret, no address and no person's name enters a chain in any form") {
  on_both([](Server& server) {
    const RawSql raw(server.dsn());
    Person ann = server.nobody();
    ann.email = "canary-mail@example.com";
    REQUIRE(ann.post("/api/v1/auth/signup",
                     Json::object({{"email", ann.email},
                                   {"password", "canary pass phrase"},
                                   {"name", "Canaryname Person"}}),
                     {{"X-Forwarded-For", "203.0.113.77"}})
                .status == 201);
    const Json org = ann.get("/api/v1/me").json().at("organizations").as_array()[0];
    ann.org = org.text("slug");
    ann.org_id = org.text("id");
    const Fields from{{"X-Forwarded-For", "203.0.113.77"}};
    const Json env = Json::object({{"TOKEN", "canary-env-value"}, {"OLD", "canary-old-value"}});
    REQUIRE(ann.post(ann.deployments_path(), image_body("web", Json::object({{"env", env}})), from)
                .status == 201);
    REQUIRE(ann.patch(ann.deployment_path("web"),
                      Json::object({{"env", Json::object({{"TOKEN", "canary-second-value"},
                                                          {"OLD", Json()}})}}),
                      from)
                .status == 200);
    REQUIRE(
        ann.patch(ann.org_path(), Json::object({{"name", "Canaryname Limited"}}), from).status ==
        200);
    REQUIRE(ann.patch(ann.team_path(),
                      Json::object({{"name", "Canaryname's"}, {"description", "Canaryname"}}), from)
                .status == 200);
    Json wrong = Json::object({{"email", ann.email}, {"password", "canary wrong phrase"}});
    REQUIRE(ann.post("/api/v1/auth/login", wrong, from).status == 401);
    REQUIRE(ann.patch(ann.org_path() + "/teams/" + ann.email, Json::object({{"name", "x"}}), from)
                .status == 404);
    REQUIRE(ann.del(ann.deployment_path("web"), from).status == 202);
    // An address in a path is nobody's id, of the one who is refused as of the one who is not.
    server.raise(ann, "business");
    Person bob = server.colleague(ann, "Bob");
    REQUIRE(bob.patch(ann.org_path() + "/members/" + ann.email,
                      Json::object({{"org_role", "org_member"}}), from)
                .status == 403);
    REQUIRE(ann.patch(ann.org_path() + "/members/" + bob.email,
                      Json::object({{"org_role", "org_admin"}}), from)
                .status == 200);

    const std::string rows = all_rows(raw);
    std::string lower = rows;
    std::ranges::transform(lower, lower.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    CHECK(lower.find("canary") == std::string::npos);
    CHECK(lower.find("203.0.113.77") == std::string::npos);
    CHECK(lower.find("example.com") == std::string::npos);
    // And yet it is told which variables there are and which of them changed.
    const Json list = ann.get(ann.org_path() + "/audit?action=deployments:update").json();
    REQUIRE(list.at("items").as_array().size() == 1);
    CHECK(list.at("items").as_array()[0].at("detail") ==
          Json::object({{"before", Json::object({{"services.web.env.OLD", "***"},
                                                 {"services.web.env.TOKEN", "***"}})},
                        {"after", Json::object({{"services.web.env.TOKEN", "***"}})}}));
  });
}
