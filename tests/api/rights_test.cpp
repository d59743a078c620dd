// Every route of a member in every role: who is let through, and what those are told who are not.
#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include <doctest/doctest.h>

#include "tests/api/server.hpp"

using namespace ks;
using namespace ks::api_test;

namespace {

using Names = std::set<std::string>;

Names texts(const Json& list) {
  Names out;
  for (const Json& text : list.as_array()) out.insert(text.as_string());
  return out;
}

// Ann's organization with somebody in every role.
struct Everybody {
  Server server;
  Person ann = server.somebody("Ann");
  Person guest = server.nobody();
  std::map<std::string, Person> people;

  Everybody() {
    server.raise(ann, "business");
    guest = server.colleague(ann, "Guest", "org_member", {{"default", "viewer"}});
    people.emplace("org_owner", ann);
    join("org_admin", "org_admin", "");
    join("org_member", "org_member", "");
    for (const char* role : {"team_admin", "developer", "viewer"}) join(role, "org_member", role);
  }

  void join(const std::string& as, const std::string& org_role, const std::string& team_role) {
    Person person = server.somebody(as);
    server.admit(ann, person, org_role, team_role);
    people.emplace(as, std::move(person));
  }

  // Earlier calls may have deleted it.
  void want_deployment() {
    if (ann.get(ann.deployment_path("web")).status != 200) ann.deploy("web");
  }

  // Whom the routes of people are about: in the organization and the team, whatever happened.
  void want_guest() {
    const std::string in_org = ann.org_path() + "/members/" + guest.id;
    if (ann.get(in_org).status != 200) REQUIRE(ann.poke(in_org + "/reinstate").status == 200);
    REQUIRE(ann.patch(in_org, Json::object({{"org_role", "org_member"}})).status == 200);
    REQUIRE(ann.put(ann.team_path() + "/members/" + guest.id, Json::object()).status == 200);
  }

  // An open offer to the guest.
  std::string wanted_offer() {
    const std::string offers = ann.org_path() + "/ownership-offers";
    const Reply made = ann.post(offers, Json::object({{"user", guest.id}}));
    if (made.status == 201) return std::string(made.json().text("id"));
    const Json all = ann.get(offers + "?limit=200").json();
    return std::string(all.at("items").as_array().back().text("id"));
  }

  Reply send(Person& who, const Operation& op) {
    want_deployment();
    std::string pattern = op.pattern;
    const auto put = [&](std::string_view name, const std::string& value) {
      if (const auto at = pattern.find(name); at != std::string::npos)
        pattern.replace(at, name.size(), value);
    };
    if (pattern.find("{user}") != std::string::npos) {
      want_guest();
      put("{user}", guest.id);
    }
    if (pattern.find("{offer}") != std::string::npos) put("{offer}", wanted_offer());
    const std::string target = filled(pattern, ann.org, ann.team);
    const Json& body = server.contract().resolved(op.json->at("requestBody"));
    if (!body.is_object()) return who.call({op.method, target, {}, std::nullopt});
    for (const auto& [type, media] : body.at("content").members()) {
      const Json* example = media.find("example");
      return who.call({op.method,
                       target,
                       {{"Content-Type", type}},
                       example != nullptr ? example->dump() : std::string("{}")});
    }
    return {};
  }

  // What the resource that an operation is about says is allowed; nothing where it is hidden.
  std::optional<Names> allowed(Person& who, const Operation& op) {
    const bool deployment = op.pattern.find("{deployment}") != std::string::npos;
    const bool team = op.pattern.find("{team}") != std::string::npos;
    if (deployment) want_deployment();
    const Reply reply = who.get(deployment ? ann.deployment_path("web")
                                : team     ? ann.team_path()
                                           : ann.org_path());
    if (reply.status != 200) return std::nullopt;
    return texts(reply.json().at("allowed_actions"));
  }
};

}  // namespace

TEST_CASE_FIXTURE(Everybody,
                  "a refusal names the action and exactly the roles that are let through") {
  int routes = 0, refusals = 0;
  for (const Operation& op : server.contract().operations()) {
    const std::string action(op.json->text("x-action"));
    if (op.json->text("x-audience") != "member" || action.empty()) continue;
    CAPTURE(op.id());
    ++routes;
    Names let_through;
    std::vector<Names> told;
    for (auto& [role, person] : people) {
      CAPTURE(role);
      const auto shown = allowed(person, op);
      if (op.id() == "streamEvents") {
        const auto feed = person.stream(ann.org_path() + "/stream");
        CHECK(feed->head().status == 200);
        let_through.insert(role);
        continue;
      }
      const Reply reply = send(person, op);
      CAPTURE(reply.body);
      if (reply.status == 403 && reply.json().text("code") == "permission_denied") {
        ++refusals;
        CHECK(reply.json().text("action") == action);
        told.push_back(texts(reply.json().at("roles")));
        // Who is told no could see the thing, and it said so before.
        REQUIRE(shown);
        CHECK_FALSE(shown->contains(action));
      } else if (reply.status == 404) {
        CHECK_FALSE(shown);
      } else {
        let_through.insert(role);
        REQUIRE(shown);
        CHECK(shown->contains(action));
      }
    }
    CHECK(let_through.contains("org_owner"));
    for (const Names& roles : told) CHECK(roles == let_through);
  }
  CHECK(routes >= 15);
  CHECK(refusals >= 15);
}
