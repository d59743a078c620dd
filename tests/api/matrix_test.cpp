// Every operation of the contract as every kind of caller: what is answered is what the policy
// says, and what is refused tells nothing.
#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include <doctest/doctest.h>

#include "authz/grants.hpp"
#include "tests/api/audit_state.hpp"
#include "tests/api/matrix_world.hpp"
#include "tests/api/request_shape.hpp"

using namespace ks;
using namespace ks::api_test;

namespace {

using Words = std::set<std::string>;

// What a caller is due.
struct Due {
  enum class Answer { through, denied, hidden, unauthenticated } answer;
  // Of a denial.
  std::string action = {};
  Words roles = {};
};
const Due kThrough{Due::Answer::through};
const Due kHidden{Due::Answer::hidden};

Words words(const std::vector<std::string>& list) { return {list.begin(), list.end()}; }
Words texts(const Json& list) {
  Words out;
  for (const Json& text : list.as_array()) out.insert(text.as_string());
  return out;
}

bool has(const Operation& op, std::string_view part) {
  return op.pattern.find(part) != std::string::npos;
}

Due denied(Action action, Action told, const Standing& standing) {
  return {Due::Answer::denied, std::string(name(action)),
          words(policy::roles_with(told, standing))};
}

// The action that the contract names; with a team in the path the team's, where there are two of
// that name.
Action action_of(const Operation& op) {
  std::optional<Action> found;
  for (const Action action : all_actions())
    if (name(action) == op.json->text("x-action") &&
        (!found || is_team_action(action) == has(op, "{team}")))
      found = action;
  REQUIRE_MESSAGE(found, "no such action");
  return *found;
}

// For which no one action stands: a right over the organization's invitations or over one team's.
// A route without an action gets its line here, or in due_without_action.
const std::map<std::string, std::pair<Action, Action>> kEither = {
    {"listInvitations", {Action::org_invitations_read, Action::invitations_read}},
    {"getInvitation", {Action::org_invitations_read, Action::invitations_read}},
    {"invite", {Action::org_invitations_manage, Action::invitations_manage}},
    {"changeInvitation", {Action::org_invitations_manage, Action::invitations_manage}},
    {"revokeInvitation", {Action::org_invitations_manage, Action::invitations_manage}},
    {"resendInvitation", {Action::org_invitations_manage, Action::invitations_manage}},
};

Due due_without_action(const Operation& op, const Standing& standing, const TeamId& team) {
  if (op.id() == "leaveOrganization") return kThrough;
  // For whom the offer was made, who is none of the visitors.
  if (op.id() == "acceptOwnership" || op.id() == "declineOwnership") return kHidden;
  if (has(op, "{review}") || op.id() == "listReviews") {
    // Those of the whole organization; of a team's, see reviews_test.cpp.
    constexpr Action kReview = Action::org_members_manage;
    if (policy::allows_on_org(standing, kReview)) return kThrough;
    return has(op, "{review}") ? kHidden : denied(kReview, kReview, standing);
  }
  const auto either = kEither.find(op.id());
  REQUIRE_MESSAGE(either != kEither.end(), "nothing says who may");
  const auto& [on_org, on_team] = either->second;
  if (policy::allows_on_org(standing, on_org)) return kThrough;
  const auto runs = [&](const Standing::InTeam& in) {
    return policy::allows_on_team(standing, in.team, on_team);
  };
  if (std::ranges::none_of(standing.teams, runs)) return denied(on_org, on_team, standing);
  // That of another team is none.
  if (has(op, "{invitation}") && !policy::allows_on_team(standing, team, on_team)) return kHidden;
  return kThrough;
}

// From the contract's audience and action, and the policy.
Due due(const Operation& op, const Visitor& visitor, const TeamId& team) {
  const std::string_view audience = op.json->text("x-audience");
  if (audience == "anyone") return kThrough;
  if (!visitor.signed_in) return {Due::Answer::unauthenticated};
  if (audience == "platform_admin") return visitor.platform_admin ? kThrough : kHidden;
  if (!has(op, "{org}")) return kThrough;
  const Standing& standing = visitor.standing;
  if (!standing.org_role) return kHidden;
  if (op.json->text("x-action").empty()) return due_without_action(op, standing, team);
  const Action action = action_of(op);
  const bool seen = has(op, "{team}") ? policy::allows_on_team(standing, team, Action::team_read)
                                      : policy::allows_on_org(standing, Action::org_read);
  if (!seen) return kHidden;
  const bool may = is_team_action(action) ? policy::allows_on_team(standing, team, action)
                                          : policy::allows_on_org(standing, action);
  return may ? kThrough : denied(action, action, standing);
}

// What stops, for another reason, who is let through; everything else is carried out.
const std::map<std::string, Words> kStops = {
    // The examples name another one: neither is to go.
    {"deleteOrganization", {"validation_failed"}},
    {"deleteTeam", {"validation_failed"}},
    {"leaveOrganization", {"last_owner"}},
    {"appointOwner", {"not_orphaned"}},
    // Of another visitor.
    {"startReview", {"review_open", "too_many_requests"}},
    {"startTeamReview", {"review_open", "too_many_requests"}},
};

bool in_organization(const Operation& op) {
  const std::string_view audience = op.json->text("x-audience");
  return has(op, "{org}") && (audience == "member" || audience == "person");
}

// What of an answer could tell something.
std::pair<Words, std::string> shape(const Reply& reply) {
  Words fields;
  for (const auto& [name, value] : reply.headers) fields.insert(name);
  return {fields, std::to_string(reply.status) + reply.json_without_trace().dump()};
}

bool names_roles(const RequestField& field) {
  return !field.choices.empty() && std::ranges::all_of(field.choices, [](const std::string& one) {
    return org_role(one) || team_role(one);
  });
}

// Where somebody may do what the request does at all. The weakest role of an organization comes
// with every invitation to a team; a team's is asked for in one that the visitor is over.
bool may_give(const Standing& by, std::string_view role, const TeamId& team) {
  if (const auto in_org = org_role(role))
    return *in_org == OrgRole::member || policy::may_grant(by, *in_org);
  const auto in_team = team_role(role);
  return in_team && (policy::may_grant(by, team, *in_team) ||
                     std::ranges::any_of(by.teams, [&](const Standing::InTeam& in) {
                       return policy::may_grant(by, in.team, *in_team);
                     }));
}

struct Matrix : MatrixWorld {
  // Of those who are refused: the same for what is there, is elsewhere, and is nowhere.
  void check_tells_nothing(const Operation& op, Visitor& visitor, const Names& names,
                           const Reply& given) {
    for (const Names& other : absent(names)) {
      CAPTURE(path(op, other));
      CHECK(shape(ask(op, visitor, other, visitor.person)) == shape(given));
    }
  }

  void check_through(const Operation& op, Visitor& visitor, const Names& names) {
    const std::string_view audience = op.json->text("x-audience");
    if (op.id() == "streamEvents") {
      CHECK(visitor.person.stream(path(op, names))->head().status == 200);
      return;
    }
    // What signs in or out may end the session.
    Person copy = visitor.person;
    const Reply reply = ask(op, visitor, names, audience == "anyone" ? copy : visitor.person);
    if (audience == "anyone" && op.method != "GET") sign_in_again(visitor);
    CAPTURE(reply.body);
    CHECK(reply.status < 500);
    const std::string code(reply.status < 400 ? "" : reply.json().text("code"));
    CHECK(code != "permission_denied");
    CHECK(code != "unauthenticated");
    if (has(op, "{org}") && audience != "anyone") {
      const auto stops = kStops.find(op.id());
      CHECK((reply.status < 400 || (stops != kStops.end() && stops->second.contains(code))));
    }
    if (op.method != "GET" && reply.status < 400) mend(visitor);
  }

  // What is shown as allowed on the thing is what is let through.
  void check_shown(const Operation& op, Visitor& visitor, const Due& wanted) {
    if (!in_organization(op) || op.json->text("x-action").empty()) return;
    if (wanted.answer != Due::Answer::through && wanted.answer != Due::Answer::denied) return;
    const std::string thing = has(op, "{deployment}") ? ann.deployment_path("web")
                              : has(op, "{team}")     ? ann.team_path()
                                                      : ann.org_path();
    const auto [at, fresh] = shown_.try_emplace({visitor.kind, thing});
    if (fresh) at->second = texts(visitor.person.get(thing).json().at("allowed_actions"));
    CHECK(at->second.contains(std::string(op.json->text("x-action"))) ==
          (wanted.answer == Due::Answer::through));
  }

  void check(const Operation& op, Visitor& visitor) {
    CAPTURE(visitor.kind);
    const Due wanted = due(op, visitor, team());
    check_shown(op, visitor, wanted);
    const Names names = names_of(op, ann);
    if (wanted.answer == Due::Answer::through) return check_through(op, visitor, names);
    const Reply reply = ask(op, visitor, names, visitor.person);
    CAPTURE(reply.body);
    CHECK_FALSE(reply.header("etag"));
    if (wanted.answer == Due::Answer::denied) {
      CHECK(reply.status == 403);
      CHECK(reply.json().text("code") == "permission_denied");
      CHECK(reply.json().text("action") == wanted.action);
      CHECK(texts(reply.json().at("roles")) == wanted.roles);
      return;
    }
    const bool hidden = wanted.answer == Due::Answer::hidden;
    CHECK(reply.status == (hidden ? 404 : 401));
    CHECK(reply.json().text("code") == (hidden ? "not_found" : "unauthenticated"));
    check_tells_nothing(op, visitor, names, reply);
  }

 private:
  std::map<std::pair<std::string, std::string>, Words> shown_;
};

}  // namespace

TEST_CASE_FIXTURE(Matrix, "every operation answers every kind of caller as the policy says") {
  server.wait_until_ready();
  for (const Operation& op : server.contract().operations()) {
    CAPTURE(op.id());
    for (Visitor& visitor : visitors) check(op, visitor);
  }
}

TEST_CASE_FIXTURE(Matrix, "somebody visits in every role of an organization and of a team") {
  for (const policy::RoleRow& role : policy::roles()) {
    if (role.level != Place::organization && role.level != Place::team) continue;
    CAPTURE(role.name);
    CHECK(std::ranges::any_of(visitors, [&](const Visitor& visitor) {
      const Standing& s = visitor.standing;
      const auto in_team = s.role_in(team());
      return (s.org_role && policy::role_of(*s.org_role) == role.role) ||
             (in_team && policy::role_of(*in_team) == role.role);
    }));
  }
}

TEST_CASE_FIXTURE(Matrix, "nobody gives a role above their own, whichever request names one") {
  const test::RawSql raw(server.dsn());
  int given = 0, refused = 0;
  for (const Operation& op : server.contract().operations()) {
    if (!in_organization(op)) continue;
    for (const RequestField& field : request_shape(server.contract(), op).fields) {
      if (!names_roles(field)) continue;
      CAPTURE(op.id());
      CAPTURE(field.at);
      for (Visitor& visitor : visitors) {
        if (!visitor.standing.org_role || due(op, visitor, team()).answer != kThrough.answer)
          continue;
        CAPTURE(visitor.kind);
        for (const policy::RoleRow& role : policy::roles()) {
          CAPTURE(role.name);
          const Names names = names_of(op, ann);
          const std::string before = state_of(raw);
          const Amended amended(server, [&](Json& body) {
            spot(body, field.at) = std::string(role.name);
            Json& row = spot(body, field.at.substr(0, field.at.rfind('/')));
            if (field.at.ends_with("/teams/0/role") && row.find("team") == nullptr)
              row.set("team", ann.team);
          });
          const Reply reply = ask(op, visitor, names, visitor.person);
          server.amend = nullptr;
          CAPTURE(reply.body);
          if (std::ranges::find(field.choices, role.name) == field.choices.end()) {
            CHECK(reply.status == 422);
            CHECK(reply.body.find("\"" + field.at + "\"") != std::string::npos);
          } else if (may_give(visitor.standing, role.name, team())) {
            CHECK(reply.status < 400);
            ++given;
            mend(visitor);
            continue;
          } else {
            const std::string code(reply.json().text("code"));
            CHECK((code == "permission_denied" || code == "transfer_required"));
          }
          CHECK(changed_but_for_audit(raw, before) == "");
          ++refused;
        }
      }
    }
  }
  CHECK(given >= 20);
  CHECK(refused >= 40);
}

TEST_CASE_FIXTURE(Matrix, "what is another's is in one's own organization what does not exist") {
  Visitor owner{"owner of another", eve};
  int asked = 0;
  for (const Operation& op : server.contract().operations()) {
    if (!in_organization(op)) continue;
    CAPTURE(op.id());
    const Names own = names_of(op, eve);
    const std::vector<Names> nowhere = absent(own);
    for (const Names& theirs : anothers(own)) {
      CAPTURE(path(op, theirs));
      const Reply reply = ask(op, owner, theirs, owner.person);
      CHECK(reply.status == 404);
      for (const Names& none : nowhere) {
        // Whom one's own organization gives nobody back by is told apart from no organization.
        const bool within = none.at("org") == own.at("org");
        if (op.id() == "reinstateMember" && within != (theirs.at("org") == own.at("org"))) continue;
        CHECK(shape(ask(op, owner, none, owner.person)) == shape(reply));
      }
      ++asked;
    }
  }
  CHECK(asked >= 30);
}

TEST_CASE_FIXTURE(Matrix, "what is one team's is under the team beside it what does not exist") {
  const test::RawSql raw(server.dsn());
  std::set<std::string> nouns;
  int asked = 0;
  for (const Operation& op : server.contract().operations()) {
    // Whom a team may be given: everybody of the organization.
    if (!in_organization(op) || op.id() == "putTeamMember") continue;
    CAPTURE(op.id());
    for (const Sister& theirs : sisters(op)) {
      CAPTURE(path(op, theirs.names));
      for (Visitor& visitor : visitors) {
        // Who runs that team and no other, and who runs both.
        const bool only_that = visitor.kind == "administrator of another team";
        if (!only_that && (visitor.kind != "owner" || !has(op, "{team}"))) continue;
        CAPTURE(visitor.kind);
        const std::string before = state_of(raw);
        const Reply reply = ask(op, visitor, theirs.names, visitor.person);
        CAPTURE(reply.body);
        CHECK(reply.status == 404);
        CHECK(shape(reply) == shape(ask(op, visitor, theirs.absent, visitor.person)));
        CHECK(changed_but_for_audit(raw, before) == "");
        ++asked;
      }
    }
    for (const char* noun : {"{deployment}", "{user}", "{invitation}", "{review}"})
      if (has(op, noun)) nouns.insert(noun);
  }
  CHECK(nouns.size() == 4);
  CHECK(asked >= 40);
}

TEST_CASE_FIXTURE(Matrix, "who deletes an organization may look and take it back; nobody sees it") {
  std::map<std::string, Names> names;
  for (const Operation& op : server.contract().operations())
    if (in_organization(op)) names[op.id()] = names_of(op, ann);
  Visitor& owner = *std::ranges::find(visitors, "owner", &Visitor::kind);
  REQUIRE(ann.call({"DELETE",
                    ann.org_path(),
                    {{"Content-Type", "application/json"}},
                    R"({"name":"Ann"})"})
              .status == 202);
  for (const Operation& op : server.contract().operations()) {
    if (!in_organization(op)) continue;
    CAPTURE(op.id());
    Names none = names[op.id()];
    none["org"] = "no-such";
    for (Visitor& visitor : visitors) {
      CAPTURE(visitor.kind);
      if (!visitor.signed_in) continue;
      const bool its_own = &visitor == &owner;
      if (its_own && op.id() == "restoreOrganization") continue;
      const Reply reply = ask(op, visitor, names[op.id()], visitor.person);
      if (its_own && op.id() == "getOrganization") {
        CHECK(reply.status == 200);
        CHECK(texts(reply.json().at("allowed_actions")) == Words{"org:read", "org:delete"});
        continue;
      }
      if (its_own && op.id() == "deleteOrganization") {
        CHECK(reply.status == 202);
        CHECK(reply.json().text("state") == "deleting");
        continue;
      }
      if (its_own && op.id() == "changeOrganization") {
        CHECK(reply.status == 409);
        CHECK(reply.json().text("code") == "being_deleted");
        continue;
      }
      CHECK(reply.status == 404);
      CHECK(shape(reply) == shape(ask(op, visitor, none, visitor.person)));
    }
  }
  CHECK(owner.person.poke(ann.org_path() + "/restore").status == 200);
}
