#include <algorithm>

#include <doctest/doctest.h>

#include "tests/api/audit_rows.hpp"
#include "tests/api/server.hpp"

using namespace ks;
using namespace ks::api_test;

namespace {

// Ann owns; Abe administers; Tess looks after the team, in which Max is.
struct Access {
  Server server;
  Person ann = server.somebody("Ann");
  Person abe = server.nobody(), tess = abe, max = abe;
  Access() {
    server.raise(ann, "business");
    abe = server.colleague(ann, "Abe", "org_admin");
    tess = server.colleague(ann, "Tess", "org_member", {{"default", "team_admin"}});
    max = server.colleague(ann, "Max", "org_member", {{"default", "viewer"}});
  }
  std::string in_org(const std::string& more = {}) const {
    return ann.org_path() + "/access-review" + more;
  }
  std::string in_team(const std::string& more = {}) const {
    return ann.team_path() + "/access-review" + more;
  }
};

using Rights = std::vector<std::string>;

Rights rights(const Json& list) {
  Rights out;
  for (const Json& item : list.at("items").as_array())
    out.push_back(std::string(item.text("user", "name")) + " " + std::string(item.text("role")));
  return out;
}

const Json& right_of(const Json& list, const std::string& right) {
  for (const Json& item : list.at("items").as_array())
    if (std::string(item.text("user", "name")) + " " + std::string(item.text("role")) == right)
      return item;
  FAIL("nobody has the right " << right);
  return list;
}

std::string granted_by(const Json& list, const std::string& right) {
  const Json& by = right_of(list, right).at("granted_by");
  const std::string name(by.text("name"));
  return std::string(by.text("kind")) + (name.empty() ? "" : " " + name);
}

const Rights kAll{"Ann org_owner",   "Ann team_admin", "Abe org_admin", "Tess org_member",
                  "Tess team_admin", "Max org_member", "Max viewer"};
const Rights kTeam{"Ann team_admin", "Tess team_admin", "Max viewer"};

}  // namespace

TEST_CASE_FIXTURE(Access,
                  "who looks after people sees every right of theirs, and nobody else any") {
  for (Person* who : {&ann, &abe}) {
    const Json list = who->get(in_org()).json();
    CHECK(rights(list) == kAll);
    CHECK(list.at("totals", "rights").as_int() == 7);
    CHECK(list.at("totals", "inactive").as_int() == 0);
  }
  for (Person* who : {&ann, &abe, &tess}) {
    const Json list = who->get(in_team()).json();
    CHECK(rights(list) == kTeam);
    CHECK(list.at("totals", "rights").as_int() == 3);
  }
  Person eve = server.somebody("Eve");
  for (const char* more : {"", "/export"}) {
    CHECK(tess.get(in_org(more)).status == 403);
    CHECK(max.get(in_org(more)).status == 403);
    CHECK(max.get(in_team(more)).status == 403);
    CHECK(eve.get(in_org(more)).status == 404);
    CHECK(eve.get(in_team(more)).status == 404);
  }
  REQUIRE(ann.post(ann.org_path() + "/teams", Json::object({{"name", "Shop"}})).status == 201);
  const std::string shop = ann.org_path() + "/teams/shop/access-review";
  CHECK(tess.get(shop).status == 404);
  CHECK(tess.get(shop + "/export").status == 404);
  CHECK(rights(abe.get(shop).json()).empty());
}

TEST_CASE("the rights of one person are asked for by id, and only where all may be seen") {
  on_both([](Server& server) {
    Person ann = server.somebody("Ann");
    server.raise(ann, "business");
    Person tess = server.colleague(ann, "Tess", "org_member", {{"default", "team_admin"}});
    REQUIRE(ann.post(ann.org_path() + "/teams", Json::object({{"name", "Shop"}})).status == 201);
    REQUIRE(ann.put(ann.org_path() + "/teams/shop/members/" + tess.id,
                    Json::object({{"role", "viewer"}}))
                .status == 200);
    const std::string path = ann.org_path() + "/access-review?user=" + tess.id;
    const Rights hers{"Tess org_member", "Tess team_admin", "Tess viewer"};
    Rights seen = rights(ann.get(path).json());
    REQUIRE(seen.size() == 3);
    CHECK(seen.front() == hers.front());
    std::ranges::sort(seen);
    CHECK(seen == hers);
    // In pages as well, each once.
    for (const char* limit : {"1", "2"}) {
      CAPTURE(limit);
      Rights walked;
      std::string cursor;
      do {
        const Json page =
            ann.get(path + "&limit=" + limit + (cursor.empty() ? "" : "&cursor=" + cursor)).json();
        for (auto& right : rights(page)) walked.push_back(std::move(right));
        cursor = page.text("next_cursor");
      } while (!cursor.empty());
      std::ranges::sort(walked);
      CHECK(walked == hers);
    }
    CHECK(rights(ann.get(path + "&inactive=true").json()).empty());
    // Whoever is no member has none here, and is not told from who does not exist.
    Person eve = server.somebody("Eve");
    const std::string all = ann.org_path() + "/access-review";
    for (const std::string& who : {eve.id, std::string("01939f6e-4a00-7000-8000-000000000000")}) {
      const Json list = ann.get(all + "?user=" + who).json();
      CHECK(rights(list).empty());
      CHECK(list.at("totals", "rights").as_int() == 5);
    }
    CHECK(ann.get(all + "?user=" + tess.email).status == 422);
    CHECK(tess.get(path).status == 403);
    CHECK(eve.get(path).status == 404);
    // The list of a team has no such filter.
    CHECK(ann.get(ann.team_path() + "/access-review?user=" + tess.id).status == 422);
    REQUIRE(ann.del(ann.org_path() + "/members/" + tess.id).status == 204);
    CHECK(rights(ann.get(path).json()).empty());
  });
}

TEST_CASE_FIXTURE(Access,
                  "rights come in pages, each once, and a cursor is good for its list only") {
  for (const auto& [path, whole] : {std::pair(in_org(), kAll), std::pair(in_team(), kTeam)})
    for (const char* limit : {"1", "2", "3", "200"}) {
      CAPTURE(limit);
      Rights walked;
      std::string cursor;
      do {
        const std::string query = path + "?limit=" + limit;
        const Json page = ann.get(query + (cursor.empty() ? "" : "&cursor=" + cursor)).json();
        for (auto& right : rights(page)) walked.push_back(std::move(right));
        cursor = page.text("next_cursor");
      } while (!cursor.empty());
      CHECK(walked == whole);
    }
  const std::string cursor(ann.get(in_org("?limit=1")).json().text("next_cursor"));
  CHECK(ann.get(in_team("?limit=1&cursor=" + cursor)).status == 422);
  CHECK(ann.get(in_org("?limit=1&inactive=true&cursor=" + cursor)).status == 422);
  CHECK(ann.get(in_org("?inactive=maybe")).status == 422);
  CHECK(ann.get(in_org("/export?format=xml")).status == 422);
}

TEST_CASE_FIXTURE(Access,
                  "a right tells who gave it as long as that person is in the organization") {
  const std::string in = ann.org_path() + "/members/";
  Json list = ann.get(in_org()).json();
  CHECK(granted_by(list, "Ann org_owner") == "founder");
  CHECK(granted_by(list, "Ann team_admin") == "self");
  CHECK(granted_by(list, "Max viewer") == "member Ann");
  // A right that is older than the record of it.
  server.execute("UPDATE org_members SET granted_by = NULL, granted_at = NULL WHERE user_id = '" +
                 abe.id + "'");
  list = ann.get(in_org()).json();
  CHECK(granted_by(list, "Abe org_admin") == "unknown");
  CHECK(right_of(list, "Abe org_admin").at("granted_by", "id").is_null());

  REQUIRE(abe.put(abe.org_path() + "/teams/default/members/" + max.id,
                  Json::object({{"role", "developer"}}))
              .status == 200);
  list = ann.get(in_org()).json();
  CHECK(granted_by(list, "Max developer") == "member Abe");
  CHECK(granted_by(tess.get(in_team()).json(), "Max developer") == "member Abe");
  REQUIRE(ann.del(in + abe.id).status == 204);
  list = ann.get(in_org()).json();
  CHECK(granted_by(list, "Max developer") == "former_member");
  CHECK(right_of(list, "Max developer").text("granted_by", "id") == abe.id);
  REQUIRE(ann.poke(in + abe.id + "/reinstate").status == 200);
  list = ann.get(in_org()).json();
  CHECK(granted_by(list, "Max developer") == "member Abe");
  CHECK(granted_by(list, "Abe org_admin") == "member Ann");
}

TEST_CASE("who was not here for 90 days is inactive, or for as many as are set") {
  for (const int limit : {90, 30}) {
    CAPTURE(limit);
    Server server(ServerOptions{{{"ACCESS_INACTIVE_DAYS", std::to_string(limit)}}});
    Person ann = server.somebody("Ann");
    server.raise(ann, "business");
    const Person max = server.colleague(ann, "Max", "org_member", {{"default", "viewer"}});
    const auto days_ago = [&](int count) {
      server.execute("UPDATE user_activity SET seen_at = " +
                     std::to_string((server.clock().now() - days(count)).us) +
                     " WHERE user_id = '" + max.id + "'");
    };
    const std::string path = ann.org_path() + "/access-review";
    days_ago(limit - 1);
    CHECK(ann.get(path).json().at("totals", "inactive").as_int() == 0);
    CHECK(rights(ann.get(path + "?inactive=true").json()).empty());
    days_ago(limit);
    const Json idle = ann.get(path + "?inactive=true").json();
    CHECK(rights(idle) == Rights{"Max org_member", "Max viewer"});
    CHECK(idle.at("totals", "inactive").as_int() == 2);
    CHECK(idle.at("totals", "rights").as_int() == 4);
    const Json all = ann.get(path).json();
    for (const Json& item : all.at("items").as_array())
      CHECK(item.at("inactive").as_bool() == (item.text("user", "name") == "Max"));
    CHECK(ann.get(ann.team_path() + "/access-review").json().at("totals", "inactive").as_int() ==
          1);
    // Who was never here counts from joining.
    server.execute("DELETE FROM user_activity WHERE user_id = '" + max.id + "'");
    server.execute("UPDATE org_members SET created_at = " +
                   std::to_string(server.clock().now().us) + " WHERE user_id = '" + max.id + "'");
    CHECK(rights(ann.get(path + "?inactive=true").json()).empty());
    CHECK(right_of(ann.get(path).json(), "Max viewer").at("last_active").is_null());
  }
}

TEST_CASE_FIXTURE(Access, "an export has every right, and no name of it is a formula") {
  server.execute("UPDATE users SET name = '=HYPERLINK(\"http://x.test\")' WHERE id = '" + max.id +
                 "'");
  const Reply csv = ann.get(in_org("/export"));
  REQUIRE(csv.status == 200);
  CHECK(csv.header("content-type") == "text/csv; charset=utf-8");
  CHECK(csv.header("content-disposition") == "attachment; filename=\"access-review.csv\"");
  CHECK(std::ranges::count(csv.body, '\n') == 8);
  CHECK(csv.body.starts_with("user_id,email,name,scope,"));
  CHECK(csv.body.find(max.id + "," + max.email +
                      ",\"'=HYPERLINK(\"\"http://x.test\"\")\",organization,,,,org_member,") !=
        std::string::npos);
  CHECK(csv.body.find(",=") == std::string::npos);

  const Reply lines = ann.get(in_org("/export?format=ndjson"));
  CHECK(lines.header("content-type") == "application/x-ndjson");
  const Json list = ann.get(in_org()).json();
  std::string expected;
  for (const Json& item : list.at("items").as_array()) expected += item.dump() + "\n";
  CHECK(lines.body == expected);
  const Reply part = tess.get(in_team("/export"));
  CHECK(std::ranges::count(part.body, '\n') == 4);
  CHECK(part.body.find(abe.email) == std::string::npos);
  CHECK(std::ranges::count(ann.get(in_org("/export?inactive=true")).body, '\n') == 1);
}
