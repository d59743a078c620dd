// How the audit log is read, narrowed, paged through and taken away.
#include <algorithm>
#include <functional>
#include <set>

#include <doctest/doctest.h>

#include "tests/api/audit_rows.hpp"

using namespace ks;
using namespace ks::api_test;

namespace {

using Items = Json::Array;

Items items_of(const Reply& reply) {
  REQUIRE(reply.status == 200);
  return reply.json().at("items").as_array();
}

std::string audit_path(const Person& person) { return person.org_path() + "/audit"; }

// All pages of a list, of that many rows each.
Items pages_of(Person& person, const std::string& query, int limit) {
  Items out;
  std::string cursor;
  do {
    const Reply reply = person.get(audit_path(person) + "?limit=" + std::to_string(limit) + query +
                                   (cursor.empty() ? "" : "&cursor=" + cursor));
    const Items items = items_of(reply);
    out.insert(out.end(), items.begin(), items.end());
    cursor = reply.json().text("next_cursor");
  } while (!cursor.empty());
  return out;
}

// Does a little of everything: rows of several actions, things and results.
void live(Server& server, Person& ann) {
  server.raise(ann, "enterprise");
  for (const char* name : {"One", "Two", "Three"})
    REQUIRE(ann.post(ann.org_path() + "/teams", Json::object({{"name", name}})).status == 201);
  REQUIRE(ann.patch(ann.org_path() + "/teams/one", Json::object({{"description", "d"}})).status ==
          200);
  ann.deploy("web");
  REQUIRE(ann.patch(ann.deployment_path("web"), Json::object({{"replicas", 2}})).status == 200);
  REQUIRE(ann.del(ann.org_path() + "/teams/three").status == 204);
  Person viewer = viewer_in(server, ann);
  REQUIRE(viewer.del(ann.team_path()).status == 403);
}

}  // namespace

TEST_CASE("the log is read newest or oldest first, by pages of any size, each row once") {
  on_both([](Server& server) {
    Person ann = server.somebody();
    live(server, ann);
    const Items all = items_of(ann.get(audit_path(ann)));
    REQUIRE(all.size() == 10);
    std::int64_t seq = static_cast<std::int64_t>(all.size());
    for (const Json& row : all) CHECK(row.at("seq").as_int() == seq--);
    CHECK(all.front().text("result") == "denied");
    CHECK(all.back().text("action") == "org:found");
    for (int limit = 1; limit <= 11; limit += 2) {
      CHECK(pages_of(ann, "", limit) == all);
      CHECK(pages_of(ann, "&order=oldest", limit) == Items(all.rbegin(), all.rend()));
    }
    // What is written meanwhile stays out of a list that was begun.
    const Reply first = ann.get(audit_path(ann) + "?limit=6&order=oldest");
    REQUIRE(ann.post(ann.org_path() + "/teams", Json::object({{"name", "Late"}})).status == 201);
    const Reply rest = ann.get(audit_path(ann) + "?limit=200&order=oldest&cursor=" +
                               std::string(first.json().text("next_cursor")));
    CHECK(items_of(rest).size() == 4);
    CHECK(items_of(ann.get(audit_path(ann))).size() == 11);
    // A cursor is good for its filters and order only, and for its organization.
    const std::string cursor(first.json().text("next_cursor"));
    for (const std::string& other : {std::string("?cursor="), std::string("?action=x&cursor="),
                                     std::string("?order=newest&cursor=")})
      CHECK(ann.get(audit_path(ann) + other + cursor).status == 422);
    Person bob = server.somebody("Bob");
    CHECK(bob.get(audit_path(bob) + "?order=oldest&cursor=" + cursor).status == 422);
  });
}

TEST_CASE("each filter, and any two of them, leave exactly the rows that they say") {
  on_both([](Server& server) {
    Person ann = server.somebody();
    live(server, ann);
    const Items all = items_of(ann.get(audit_path(ann)));
    struct Filter {
      std::string query;
      std::function<bool(const Json&)> keeps;
    };
    // Made of what is there: every value that occurs.
    std::vector<Filter> filters;
    std::set<std::string> seen;
    const auto filter = [&](const std::string& name, std::string value,
                            const std::function<std::string(const Json&)>& of) {
      std::string query = "&" + name + "=" + value;
      if (!value.empty() && seen.insert(query).second)
        filters.push_back(
            {std::move(query), [of, value](const Json& row) { return of(row) == value; }});
    };
    for (const Json& row : all) {
      const auto text = [](auto... path) {
        return [=](const Json& r) { return std::string(r.text(path...)); };
      };
      filter("actor", std::string(row.text("actor", "id")), text("actor", "id"));
      filter("action", std::string(row.text("action")), text("action"));
      filter("target_kind", std::string(row.text("target", "kind")), text("target", "kind"));
      filter("target_id", std::string(row.text("target", "id")), text("target", "id"));
      filter("result", std::string(row.text("result")), text("result"));
    }
    for (const Json& row : {all[2], all[6]}) {
      const std::string at(row.text("at"));
      filters.push_back({"&from=" + at, [at](const Json& r) { return r.text("at") >= at; }});
      filters.push_back({"&until=" + at, [at](const Json& r) { return r.text("at") < at; }});
    }
    CHECK(filters.size() > 15);
    for (std::size_t i = 0; i < filters.size(); ++i)
      for (std::size_t k = i; k < filters.size(); ++k) {
        const std::string name = filters[i].query.substr(0, filters[i].query.find('='));
        if (k != i && filters[k].query.starts_with(name + "=")) continue;
        const std::string query = filters[i].query + (k == i ? "" : filters[k].query);
        CAPTURE(query);
        // From a moment that is later than the other there is nothing to look for.
        if (name == "&from" && k != i && filters[k].query.starts_with("&until=") &&
            filters[i].query.substr(6) > filters[k].query.substr(7)) {
          CHECK(ann.get(audit_path(ann) + "?limit=200" + query).status == 422);
          continue;
        }
        Items wanted;
        for (const Json& row : all)
          if (filters[i].keeps(row) && filters[k].keeps(row)) wanted.push_back(row);
        CHECK(items_of(ann.get(audit_path(ann) + "?limit=200" + query)) == wanted);
        CHECK(pages_of(ann, query + "&order=oldest", 3) == Items(wanted.rbegin(), wanted.rend()));
      }
    CHECK(items_of(ann.get(audit_path(ann) + "?actor=system")).empty());
    const Reply bad = ann.get(audit_path(ann) +
                              "?actor=ann@example.com&action=A%27&target_kind=foo&target_id=7"
                              "&result=maybe&from=yesterday&until=0&order=upwards");
    CHECK(bad.status == 422);
    CHECK(bad.json().at("errors").as_array().size() == 8);
    // What can find nothing is named, too: no such action, and a time that ends before it begins.
    const auto pointers = [&](const std::string& query) {
      const Reply refused = ann.get(audit_path(ann) + query);
      CHECK(refused.status == 422);
      std::string out;
      for (const Json& fault : refused.json().at("errors").as_array())
        out += std::string(fault.text("pointer")) + " ";
      return out;
    };
    CHECK(pointers("?action=teams:creat") == "?action ");
    CHECK(pointers("?from=2026-03-02T00:00:00Z&until=2026-03-01T00:00:00Z") == "?from ");
    CHECK(
        ann.get(audit_path(ann) + "?from=2026-03-01T00:00:00Z&until=2026-03-01T00:00:00Z").status ==
        200);
    CHECK(pointers("/export?action=teams:creat") == "?action ");
  });
}

TEST_CASE("a reader sees the name that an actor has today, and none after it was purged") {
  on_both([](Server& server) {
    const test::RawSql raw(server.dsn());
    Person ann = server.somebody("Ann");
    const auto name = [&] { return items_of(ann.get(audit_path(ann)))[0].at("actor", "name"); };
    CHECK(name() == Json("Ann"));
    raw.run("UPDATE users SET name = 'Ann Other' WHERE email = '" + ann.email + "'");
    CHECK(name() == Json("Ann Other"));
    raw.run("UPDATE users SET name = '' WHERE email = '" + ann.email + "'");
    CHECK(name().is_null());
    CHECK(items_of(ann.get(audit_path(ann)))[0].at("actor", "id").is_string());
  });
}

TEST_CASE("what a row names by its id is called by its name, as far as the organization has it") {
  on_both([](Server& server) {
    const test::RawSql raw(server.dsn());
    Person ann = server.somebody("Ann");
    server.raise(ann, "enterprise");
    Person bob = server.colleague(ann, "Bob", "org_member", {{ann.team, "viewer"}});
    const auto newest = [&] { return items_of(ann.get(audit_path(ann)))[0]; };
    const auto names = [&] { return newest().at("names"); };
    const std::string of_bob = ann.org_path() + "/members/" + bob.id;
    const std::string in_team = ann.team_path() + "/members/" + bob.id;
    const std::string team_name(ann.get(ann.team_path()).json().text("name"));

    REQUIRE(ann.patch(of_bob, Json::object({{"org_role", "org_admin"}})).status == 200);
    CHECK(names() == Json::object({{bob.id, "Bob"}}));
    REQUIRE(ann.put(in_team, Json::object({{"role", "developer"}})).status == 200);
    CHECK(names() == Json::object({{bob.id, "Bob"}, {ann.team_id, team_name}}));
    ann.deploy("web");
    REQUIRE(ann.patch(ann.deployment_path("web"), Json::object({{"replicas", 2}})).status == 200);
    CHECK(names() == Json::object({{std::string(newest().text("target", "id")), "web"}}));
    // A team stands in the name of a field of an invitation, and the invitation has its address.
    REQUIRE(ann.post(ann.org_path() + "/invitations",
                     Json::object(
                         {{"invitations",
                           Json::array({Json::object(
                               {{"email", "cy@example.com"},
                                {"teams", Json::array({Json::object({{"team", ann.team_id},
                                                                     {"role", "viewer"}})})}})})}}))
                .status == 200);
    const std::string invitation(newest().text("target", "id"));
    CHECK(names() == Json::object({{invitation, "cy@example.com"}, {ann.team_id, team_name}}));

    // Who was removed has the address of then, until it is forgotten; another name they took
    // meanwhile is not the organization's to know.
    REQUIRE(ann.del(of_bob).status == 204);
    raw.run("UPDATE users SET name = 'Robert', email = 'moved@example.com' WHERE id = '" + bob.id +
            "'");
    CHECK(names().at(bob.id) == Json(bob.email));
    raw.run("UPDATE former_members SET removed_at = 1 WHERE user_id = '" + bob.id + "'");
    CHECK(names().find(bob.id) == nullptr);

    // A deleted team has no name any more, and another organization's thing never had one.
    REQUIRE(ann.post(ann.org_path() + "/teams", Json::object({{"name", "Brief"}})).status == 201);
    const std::string brief(newest().text("target", "id"));
    CHECK(names().at(brief) == Json("Brief"));
    REQUIRE(ann.del(ann.org_path() + "/teams/brief").status == 204);
    CHECK(names() == Json::object());
    Person eve = server.somebody("Eve");
    CHECK(ann.del(ann.org_path() + "/members/" + eve.id).status == 404);
    CHECK(ann.get(audit_path(ann)).body.find("Eve") == std::string::npos);
    raw.run("UPDATE audit SET target_id = '" + eve.id + "', detail = '{\"to\":\"" + eve.team_id +
            "\"}' WHERE org_id = '" + ann.org_id +
            "' AND seq = (SELECT audit_seq FROM "
            "organizations WHERE id = '" +
            ann.org_id + "')");
    CHECK(names() == Json::object());
  });
}

TEST_CASE("only owners and administrators read the log, and only their organization's") {
  Server server;
  Person ann = server.somebody();
  Person bob = server.somebody("Bob");
  Person viewer = viewer_in(server, ann);
  for (const char* path : {"/audit", "/audit/export"}) {
    CHECK(viewer.get(ann.org_path() + path + "?actor=x").status == 403);
    CHECK(bob.get(ann.org_path() + path).status == 404);
    CHECK(server.nobody().get(ann.org_path() + path).status == 401);
  }
}

TEST_CASE("an export needs the plan, writes a row, and has the same rows as the list") {
  on_both([](Server& server) {
    Person ann = server.somebody("=Ann, \"the\" @dmin");
    const std::string path = audit_path(ann) + "/export";
    const Reply refused = ann.get(path);
    CHECK(refused.status == 403);
    CHECK(refused.json().text("code") == "feature_not_in_plan");
    CHECK(refused.json().text("feature") == "audit.export");
    CHECK(refused.json().text("plan") == "free");
    CHECK(refused.json().text("upgrade", "plan") == "enterprise");
    // What was refused is told as what was tried, and not as a look at the log.
    const Items tried = items_of(ann.get(audit_path(ann) + "?target_kind=audit_export"));
    REQUIRE(tried.size() == 1);
    CHECK(tried.front().text("result") == "denied");
    CHECK(tried.front().text("detail", "problem") == "feature_not_in_plan");
    // Of one that only the password was missing for the row says that.
    server.clock().advance(hours(1));
    const Json name = ann.get(ann.org_path()).json().at("name");
    CHECK(ann.call({"DELETE",
                    ann.org_path(),
                    {{"Content-Type", "application/json"}},
                    Json::object({{"name", name}}).dump()})
              .status == 403);
    const Items asked = items_of(ann.get(audit_path(ann) + "?action=org:delete"));
    REQUIRE(asked.size() == 1);
    CHECK(asked.front().text("result") == "denied");
    CHECK(asked.front().text("detail", "problem") == "reauthentication_required");
    live(server, ann);
    for (int i = 0; i < 8; ++i)
      REQUIRE(ann.get(ann.org_path() + "/audit/export?format=ndjson&result=denied").status == 200);

    const Items before = items_of(ann.get(audit_path(ann) + "?limit=200&order=oldest"));
    const Reply lines = ann.get(path + "?format=ndjson&order=oldest");
    REQUIRE(lines.status == 200);
    CHECK(lines.header("content-type") == "application/x-ndjson");
    CHECK(lines.header("content-disposition") ==
          "attachment; filename=\"audit-" + ann.org_id + ".ndjson\"");
    Items out;
    for (std::size_t at = 0; at < lines.body.size();) {
      const std::size_t end = lines.body.find('\n', at);
      REQUIRE(end != std::string::npos);
      out.push_back(*parse_json(std::string_view(lines.body).substr(at, end - at)));
      at = end + 1;
    }
    // It has its own row, as the last one.
    REQUIRE(out.size() == before.size() + 1);
    CHECK(out.back().text("action") == "audit:read");
    CHECK(out.back().text("target", "kind") == "audit_export");
    CHECK(out.back().at("detail", "format") == Json("ndjson"));
    out.pop_back();
    CHECK(out == before);

    const Reply csv = ann.get(path + "?action=org:found");
    REQUIRE(csv.status == 200);
    CHECK(csv.header("content-type") == "text/csv; charset=utf-8");
    CHECK(csv.body.starts_with("seq,at,actor_kind,"));
    CHECK(std::ranges::count(csv.body, '\n') == 2);
    CHECK(csv.body.find(",\"'=Ann, \"\"the\"\" @dmin\",") != std::string::npos);

    CHECK(ann.get(path + "?format=xml").status == 422);
    const Reply linked = ann.get(path, {{"Sec-Fetch-Site", "cross-site"}});
    CHECK(linked.status == 403);
    CHECK(linked.json().text("code") == "cross_site_request");
  });
}

TEST_CASE("an export of many rows is sent whole, in pages") {
  Server server;
  const test::RawSql raw(server.dsn());
  Person ann = server.somebody();
  server.raise(ann, "enterprise");
  raw.run(
      "INSERT INTO audit (client_id, org_id, seq, prev, mac, at, actor_kind, actor_id, address, "
      "request_id, action, target_kind, target_id, result, detail) WITH RECURSIVE n(i) AS (SELECT "
      "3 "
      "UNION ALL SELECT i + 1 FROM n WHERE i < 3000) SELECT a.client_id, a.org_id, n.i, a.prev, "
      "a.mac, a.at + n.i / 700, a.actor_kind, a.actor_id, a.address, a.request_id, a.action, "
      "a.target_kind, a.target_id, a.result, a.detail FROM audit AS a, n WHERE a.seq = 1 AND "
      "a.org_id = '" +
      ann.org_id + "'");
  raw.run("UPDATE organizations SET audit_seq = 3000 WHERE id = '" + ann.org_id + "'");
  const Reply csv = ann.get(audit_path(ann) + "/export?action=org:found");
  REQUIRE(csv.status == 200);
  // The line of names, the founding, and its 2998 copies.
  CHECK(std::ranges::count(csv.body, '\n') == 3000);
  // No more than a page of it is in memory at a time.
  CHECK(csv.parts.size() >= 6);
  CHECK(std::ranges::max(csv.parts) <= csv.body.size() / 5);
  CHECK(pages_of(ann, "&action=org:found", 200).size() == 2999);
  // A page looks at a bounded stretch: it may be empty and say where to go on.
  const Reply empty = ann.get(audit_path(ann) + "?target_kind=ownership_offer");
  CHECK(items_of(empty).empty());
  CHECK_FALSE(empty.json().at("next_cursor").is_null());
  CHECK(pages_of(ann, "&target_kind=ownership_offer", 200).empty());
  CHECK(pages_of(ann, "&target_kind=organization", 7).size() == 3000);
  CHECK(pages_of(ann, "&actor=system&order=oldest", 7).empty());
  CHECK(ann.get(audit_path(ann) + "/export?result=denied").body ==
        csv.body.substr(0, csv.body.find('\n') + 1));
}
