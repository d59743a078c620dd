#include <doctest/doctest.h>

#include "tests/api/server.hpp"

using namespace ks;
using namespace ks::api_test;

namespace {

// Ann owns; Abe and Ada administer; Tess looks after the team, in which Max is.
struct Reviewing {
  Server server;
  Person ann = server.somebody("Ann");
  Person abe = server.nobody(), ada = abe, tess = abe, max = abe;
  Reviewing() {
    server.raise(ann, "business");
    abe = server.colleague(ann, "Abe", "org_admin");
    ada = server.colleague(ann, "Ada", "org_admin");
    tess = server.colleague(ann, "Tess", "org_member", {{"default", "team_admin"}});
    max = server.colleague(ann, "Max", "org_member", {{"default", "viewer"}});
  }
  std::string start(Person& who, bool team = false) {
    const Reply reply = who.poke((team ? ann.team_path() : ann.org_path()) + "/access-review");
    CHECK(reply.status == 201);
    return reply.status == 201 ? reviews("/" + std::string(reply.json().text("id"))) : "";
  }
  std::string reviews(const std::string& more = {}) const {
    return ann.org_path() + "/access-reviews" + more;
  }
  // The number of "Max viewer".
  std::string number(const std::string& review, const std::string& right) {
    const Json list = ann.get(review + "/rows?limit=200").json();
    for (const Json& row : list.at("items").as_array())
      if (std::string(row.text("user", "name")) + " " + std::string(row.text("role")) == right)
        return std::to_string(row.at("number").as_int());
    FAIL("no row is about " << right);
    return {};
  }
  Reply decide(Person& who, const std::string& review, const std::string& right,
               const char* decision, bool confirm = false) {
    Json body = Json::object({{"decision", decision}});
    if (confirm) body.set("confirm", true);
    return who.put(review + "/rows/" + number(review, right), body);
  }
  static std::string code(const Reply& reply) {
    return reply.status < 300 ? "" : std::string(reply.json().text("code"));
  }
};

}  // namespace

TEST_CASE_FIXTURE(Reviewing, "a review takes every right as it is, and tells what became of each") {
  const std::string review = start(abe);
  CHECK(abe.get(review).json().at("counts", "rights").as_int() == 8);
  CHECK(abe.get(review).json().at("counts", "pending").as_int() == 8);
  CHECK(abe.get(review).json().at("allowed_actions").dump() == R"(["members:manage"])");
  // Who comes later is not in it.
  server.colleague(ann, "Late");
  CHECK(ada.get(review + "/rows").json().at("items").as_array().size() == 8);

  CHECK(decide(abe, review, "Ann org_owner", "confirmed").status == 200);
  const Json removed = decide(ada, review, "Max viewer", "removed").json();
  CHECK(removed.text("decision") == "removed");
  CHECK(removed.text("decided_by", "name") == "Ada");
  CHECK(removed.text("now") == "gone");
  CHECK(max.get(ann.team_path()).status == 404);
  CHECK(max.get(ann.org_path()).status == 200);
  CHECK(decide(abe, review, "Max org_member", "removed").status == 200);
  CHECK(max.get(ann.org_path()).status == 404);
  // Tess is raised beside the review, and then not what was to be decided.
  REQUIRE(
      ann.patch(ann.org_path() + "/members/" + tess.id, Json::object({{"org_role", "org_admin"}}))
          .status == 200);
  CHECK(code(decide(abe, review, "Tess org_member", "confirmed")) == "right_changed");
  CHECK(code(decide(abe, review, "Tess org_member", "removed")) == "right_changed");
  CHECK(tess.get(ann.org_path()).status == 200);

  const Json done = abe.poke(review + "/finish").json();
  CHECK(done.text("state") == "finished");
  CHECK(done.text("finished_by", "name") == "Abe");
  const Json counts = done.at("counts");
  CHECK(done.at("allowed_actions").as_array().empty());
  CHECK(counts.at("confirmed").as_int() == 1);
  CHECK(counts.at("removed").as_int() == 2);
  CHECK(counts.at("changed").as_int() == 1);
  CHECK(counts.at("undecided").as_int() == 4);
  CHECK(counts.at("pending").as_int() == 0);
  // It stays what it was, whatever comes after; nobody decides anything any more.
  CHECK(ada.poke(review + "/finish").json() == done);
  CHECK(code(decide(abe, review, "Abe org_admin", "confirmed")) == "review_closed");
  CHECK(decide(abe, review, "Ann org_owner", "confirmed").status == 200);
  CHECK(abe.get(review).json() == done);
}

TEST_CASE_FIXTURE(Reviewing, "one review of a place is open at a time, and places do not meet") {
  const std::string whole = start(ann);
  CHECK(code(abe.poke(ann.org_path() + "/access-review")) == "review_open");
  const std::string part = start(tess, true);
  CHECK(code(ann.poke(ann.team_path() + "/access-review")) == "review_open");
  REQUIRE(ann.post(ann.org_path() + "/teams", Json::object({{"name", "Shop"}})).status == 201);
  CHECK(ann.poke(ann.org_path() + "/teams/shop/access-review").status == 201);
  CHECK(ann.poke(whole + "/finish").status == 200);
  server.clock().advance(hours(1));
  start(abe);
  CHECK(ann.get(reviews()).json().at("items").as_array().size() == 4);
  const Json of_team = tess.get(reviews("?team=default")).json();
  REQUIRE(of_team.at("items").as_array().size() == 1);
  CHECK(part.ends_with(of_team.at("items").as_array()[0].text("id")));
  const Json first = ann.get(reviews("?limit=1")).json();
  CHECK(ann.get(reviews("?limit=1&team=default&cursor=" + std::string(first.text("next_cursor"))))
            .status == 422);
}

TEST_CASE_FIXTURE(Reviewing,
                  "of one place a review is started an hour, and told when the next can be") {
  const std::string first = start(ann);
  server.clock().advance(minutes(10));
  REQUIRE(ann.poke(first + "/finish").status == 200);
  const Reply soon = abe.poke(ann.org_path() + "/access-review");
  CHECK(soon.status == 429);
  CHECK(code(soon) == "too_many_requests");
  const int wait = std::stoi(soon.header("retry-after").value_or("0"));
  CHECK(wait > 45 * 60);
  CHECK(wait <= 50 * 60);
  CHECK(ann.get(reviews()).json().at("items").as_array().size() == 1);
  // Another place is another place.
  start(tess, true);
  server.clock().advance(seconds(wait));
  start(abe);
}

TEST_CASE_FIXTURE(Reviewing, "a review is seen and decided by who looks after its place alone") {
  const std::string whole = start(ann);
  const std::string part = start(ann, true);
  Person eve = server.somebody("Eve");
  for (Person* who : {&tess, &max, &eve}) {
    CHECK(who->get(whole).status == 404);
    CHECK(who->get(whole + "/rows").status == 404);
    CHECK(who->put(whole + "/rows/1", Json::object({{"decision", "confirmed"}})).status == 404);
    CHECK(who->poke(whole + "/finish").status == 404);
  }
  for (Person* who : {&max, &eve}) {
    CHECK(who->get(part).status == 404);
    CHECK(who->put(part + "/rows/1", Json::object({{"decision", "removed"}})).status == 404);
    CHECK(who->poke(part + "/finish").status == 404);
  }
  CHECK(max.get(reviews()).status == 403);
  CHECK(tess.get(reviews()).status == 403);
  CHECK(max.get(reviews("?team=default")).status == 403);
  CHECK(eve.get(reviews()).status == 404);
  CHECK(tess.poke(ann.org_path() + "/access-review").status == 403);
  CHECK(max.poke(ann.team_path() + "/access-review").status == 403);
  CHECK(eve.get("/api/v1/orgs/" + eve.org + "/access-reviews" + whole.substr(whole.rfind('/')))
            .status == 404);

  const Json rows = tess.get(part + "/rows").json();
  CHECK(rows.at("items").as_array().size() == 3);
  CHECK(decide(tess, part, "Max viewer", "removed").status == 200);
  // Who may not look after the team any more may not go on with its review.
  REQUIRE(
      ann.put(ann.team_path() + "/members/" + tess.id, Json::object({{"role", "viewer"}})).status ==
      200);
  CHECK(tess.get(part).status == 404);
  CHECK(tess.put(part + "/rows/1", Json::object({{"decision", "confirmed"}})).status == 404);
  CHECK(tess.poke(part + "/finish").status == 404);
  CHECK(ann.poke(part + "/finish").json().at("counts", "removed").as_int() == 1);
}

TEST_CASE_FIXTURE(Reviewing, "a removal in a review is refused where the removal itself would be") {
  const std::string review = start(ann);
  CHECK(code(decide(abe, review, "Ann org_owner", "removed")) == "permission_denied");
  CHECK(code(decide(ann, review, "Ann org_owner", "removed")) == "last_owner");
  CHECK(code(decide(abe, review, "Abe org_admin", "removed")) == "confirmation_required");
  CHECK(abe.get(review).json().at("counts", "removed").as_int() == 0);
  // What was confirmed can be removed, what is gone comes back by no decision.
  CHECK(decide(ada, review, "Abe org_admin", "confirmed").status == 200);
  const std::string abes = review + "/rows/" + number(review, "Abe org_admin");
  CHECK(decide(abe, review, "Abe org_admin", "removed", true).status == 200);
  CHECK(abe.get(review).status == 404);
  CHECK(ada.put(abes, Json::object({{"decision", "removed"}})).status == 200);
  CHECK(code(ada.put(abes, Json::object({{"decision", "confirmed"}}))) == "right_changed");
  const Json counts = ada.get(review).json().at("counts");
  CHECK(counts.at("confirmed").as_int() == 0);
  CHECK(counts.at("removed").as_int() == 1);
  // A member is out with all roles in teams, and a new role is not the one that was there.
  CHECK(decide(ada, review, "Tess org_member", "removed").status == 200);
  REQUIRE(ada.poke(ann.org_path() + "/members/" + tess.id + "/reinstate").status == 200);
  CHECK(code(decide(ada, review, "Tess team_admin", "confirmed")) == "right_changed");
  const Json done = ada.poke(review + "/finish").json().at("counts");
  CHECK(done.at("removed").as_int() == 2);
  CHECK(done.at("changed").as_int() == 1);
  CHECK(done.at("undecided").as_int() == 5);

  for (const char* row : {"0", "-1", "99", "x", "1x", "99999999999999999999"})
    CHECK(ann.put(review + "/rows/" + row, Json::object({{"decision", "confirmed"}})).status ==
          404);
  CHECK(ann.put(review + "/rows/1", Json::object({{"decision", "kept"}})).status == 422);
  CHECK(ann.put(review + "/rows/1", Json::object()).status == 422);
}

TEST_CASE_FIXTURE(Reviewing, "a finished review says who was removed in it, while that is known") {
  const std::string review = start(ann), part = start(tess, true);
  REQUIRE(decide(ada, review, "Max org_member", "removed").status == 200);
  REQUIRE(ada.poke(review + "/finish").status == 200);
  const auto removed = [&](Person& by, const std::string& of) {
    for (const Json& row : by.get(of + "/rows?limit=200").json().at("items").as_array())
      if (row.text("user", "id") == max.id) return row;
    return Json();
  };
  const Json seen = removed(ann, review);
  CHECK(seen.at("user", "email") == Json(max.email));
  CHECK(seen.at("user", "name").is_null());
  // Who looks after a team alone is told no address of who is not in the organization.
  CHECK(removed(tess, part).text("user", "id") == max.id);
  CHECK(removed(tess, part).at("user", "email").is_null());
  CHECK(removed(ann, part).at("user", "email") == Json(max.email));
  // By the address of then, for 90 days; after that by the id.
  server.execute("UPDATE users SET email = 'later@example.com' WHERE id = '" + max.id + "'");
  CHECK(removed(ann, review).at("user", "email") == Json(max.email));
  server.execute("UPDATE former_members SET removed_at = 1");
  CHECK(removed(ann, review).at("user", "email").is_null());
  CHECK(removed(ann, review).text("user", "id") == max.id);
}

TEST_CASE_FIXTURE(Reviewing, "a review of a team goes with the team") {
  REQUIRE(ann.post(ann.org_path() + "/teams", Json::object({{"name", "Shop"}})).status == 201);
  const Reply started = ann.poke(ann.org_path() + "/teams/shop/access-review");
  REQUIRE(started.status == 201);
  const std::string review = reviews("/" + std::string(started.json().text("id")));
  const std::string whole = start(ann);
  REQUIRE(ann.del(ann.org_path() + "/teams/shop").status == 204);
  CHECK(ann.get(review).status == 404);
  CHECK(ann.poke(review + "/finish").status == 404);
  CHECK(ann.poke(whole + "/finish").status == 200);
}
