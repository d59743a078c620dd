#include "tests/api/matrix_world.hpp"

#include <algorithm>
#include <functional>

#include <doctest/doctest.h>

#include "identity/session_gate.hpp"

namespace ks::api_test {

namespace {

constexpr const char* kOtherClient = "01939f6e-4a00-7000-8000-0000000000c1";
constexpr const char* kElsewhere = "01939f6e-4a00-7000-8000-0000000000e1";
constexpr const char* kNobodys = "01939f6e-4a00-7000-8000-000000000009";
// A session of another client's person.
constexpr const char* kTwinToken = "the-token-of-a-twin-who-is-somebody-on-another-host";

Json one(const Json& row) { return Json::object({{"invitations", Json::array({row})}}); }

}  // namespace

// Everybody asks for everything within a minute.
MatrixWorld::MatrixWorld()
    : server(
          {.settings = {{"RATE_LIMIT_WRITES", "100000"}, {"RATE_LIMIT_ADDRESS_WRITES", "100000"}}}),
      ann(server.somebody("Ann")),
      eve(server.somebody("Ann")) {
  for (Person* owner : {&ann, &eve}) {
    server.raise(*owner, "enterprise");
    Person guest = server.colleague(*owner, "Guest", "org_member", {{"default", "viewer"}});
    things_.emplace(owner->org, Things{guest});
  }
  REQUIRE(ann.post(ann.org_path() + "/teams", Json::object({{"name", "Beside"}})).status == 201);
  add_outsiders();
  visitors.push_back({"owner", another_session(ann)});
  visitors.back().standing.org_role = OrgRole::owner;
  visitors.back().standing.teams = {{team(), "default", TeamRole::admin}};
  add("administrator", "org_admin", "", "");
  add("member", "org_member", "", "");
  add("team administrator", "org_member", "default", "team_admin");
  add("developer", "org_member", "default", "developer");
  add("viewer", "org_member", "default", "viewer");
  add("administrator of another team", "org_member", "beside", "team_admin");
}

void MatrixWorld::add(const std::string& kind, const std::string& org_role,
                      const std::string& team_slug, const std::string& in_team) {
  std::map<std::string, std::string> teams;
  if (!team_slug.empty()) teams.emplace(team_slug, in_team);
  Visitor visitor{kind, server.colleague(ann, kind, org_role, teams)};
  visitor.standing.org_role = *ks::org_role(org_role);
  for (const auto& [slug, role] : teams) {
    const Json row = ann.get(ann.org_path() + "/teams/" + slug).json();
    visitor.standing.teams.push_back({*TeamId::parse(row.text("id")), slug, *team_role(role)});
  }
  visitors.push_back(std::move(visitor));
}

void MatrixWorld::add_outsiders() {
  visitors.push_back({"nobody", server.nobody(), false});
  visitors.push_back({"with a made-up session", server.nobody(), false});
  visitors.back().person.cookie = "session=made-up";
  visitors.push_back({"signed out", server.colleague(ann, "Out", "org_admin"), false});
  const std::string cookie = visitors.back().person.cookie;
  REQUIRE(visitors.back().person.poke("/api/v1/auth/logout").status == 204);
  visitors.back().person.cookie = cookie;
  visitors.push_back({"disabled", server.colleague(ann, "Disabled", "org_admin"), false});
  server.execute(
      "UPDATE users SET state = 'disabled', authz_version = authz_version + 1 "
      "WHERE id = '" +
      visitors.back().person.id + "'");
  visitors.push_back({"of another client", twin_of_ann(), false});
  visitors.push_back({"of another organization", another_session(eve)});
  visitors.push_back({"removed", server.colleague(ann, "Removed", "org_admin")});
  REQUIRE(ann.del(ann.org_path() + "/members/" + visitors.back().person.id).status == 204);
  visitors.push_back(
      {"platform administrator", another_session(server.administrator()), true, true});
}

Person MatrixWorld::another_session(const Person& of) {
  Person person = of;
  person.cookie.clear();
  const Json login = Json::object({{"email", person.email}, {"password", kPassword}});
  REQUIRE(person.post("/api/v1/auth/login", login).status == 200);
  return person;
}

void MatrixWorld::sign_in_again(Visitor& visitor) {
  if (!visitor.signed_in || visitor.person.get("/api/v1/me").status == 200) return;
  visitor.person = another_session(visitor.person);
}

Person MatrixWorld::twin_of_ann() {
  std::string sql = std::string("INSERT INTO clients (client_id, slug, name, state, created_at) ") +
                    "VALUES ('" + kOtherClient + "', 'other', 'Other', 'active', 0);";
  const auto copy = [&](const std::string& table, const std::string& change) {
    sql += "CREATE TEMP TABLE copied AS SELECT * FROM " + table + ";" +
           "UPDATE copied SET client_id = '" + kOtherClient + "'" + change + ";" + "INSERT INTO " +
           table + " SELECT * FROM copied; DROP TABLE copied;";
  };
  for (const char* table : {"users", "organizations", "org_members", "teams", "team_members"})
    copy(table, "");
  const std::string anns = SessionGate::token_hash(ann.cookie.substr(ann.cookie.find('=') + 1));
  copy("sessions", ", token_hash = CASE WHEN token_hash = '" + anns + "' THEN '" +
                       SessionGate::token_hash(kTwinToken) + "' ELSE 'x' || token_hash END");
  sql += "CREATE TEMP TABLE copied AS SELECT * FROM organizations WHERE client_id = '" +
         std::string(kOtherClient) + "' LIMIT 1; UPDATE copied SET id = '" + kElsewhere +
         "', slug = 'elsewhere'; INSERT INTO organizations SELECT * FROM copied;";
  server.execute(sql);
  Person twin = server.nobody();
  twin.cookie = std::string("session=") + kTwinToken;
  return twin;
}

MatrixWorld::Things& MatrixWorld::things_of(const Person& owner) { return things_.at(owner.org); }

Names MatrixWorld::names_of(const Operation& operation, Person& owner) {
  Things& things = things_of(owner);
  // How each is come by. A new name of a path gets its line here.
  const std::map<std::string, std::function<std::string()>> known = {
      {"org", [&] { return owner.org; }},
      {"team", [&] { return owner.team; }},
      {"deployment", [&] { return wanted_deployment(owner, operation.method == "DELETE"); }},
      {"user",
       [&] {
         want_guest(owner, things);
         return things.guest.id;
       }},
      {"offer",
       [&] {
         want_offer(owner, things);
         return things.offer;
       }},
      {"invitation",
       [&] {
         want_invitation(owner, things);
         return things.invitation;
       }},
      {"review",
       [&] {
         want_review(owner, things);
         return things.review;
       }},
      // Numbers count within a review.
      {"row", [] { return std::string("1"); }},
      {"problem", [] { return std::string("not-found"); }},
      {"file", [] { return std::string("page-1.js"); }},
      // Whoever asks has sessions of their own only.
      {"session", [] { return std::string(kNobodys); }},
  };
  Names out;
  for (std::size_t at = 0; (at = operation.pattern.find('{', at)) != std::string::npos; ++at) {
    const std::string name =
        operation.pattern.substr(at + 1, operation.pattern.find('}', at) - at - 1);
    const auto way = known.find(name);
    REQUIRE_MESSAGE(way != known.end(), "nothing is known for {", name, "}");
    out[name] = way->second();
  }
  return out;
}

std::vector<Names> MatrixWorld::absent(const Names& names) const {
  std::vector<Names> out;
  const auto with = [&](const std::string& name, const std::string& value) {
    if (!names.contains(name)) return;
    out.push_back(names);
    out.back()[name] = value;
  };
  for (const char* org : {"no-such", kNobodys, kElsewhere, "elsewhere"}) with("org", org);
  for (const char* team : {"no-such", kNobodys}) with("team", team);
  for (const char* inner :
       {"deployment", "user", "offer", "invitation", "review", "row", "session"})
    with(inner, kNobodys);
  return out;
}

std::vector<Names> MatrixWorld::anothers(const Names& names) {
  Things& things = things_of(ann);
  want_offer(ann, things);
  want_invitation(ann, things);
  want_review(ann, things);
  const std::string deployment(
      ann.get(ann.deployment_path(wanted_deployment(ann, false))).json().text("id"));
  const Names anns = {{"team", ann.team_id},
                      {"deployment", deployment},
                      {"user", things.guest.id},
                      {"offer", things.offer},
                      {"invitation", things.invitation},
                      {"review", things.review},
                      // No review of Eve's has as many.
                      {"row", "1000000"}};
  std::vector<Names> out;
  for (const auto& [name, value] : names) {
    if (name == "org") continue;
    REQUIRE_MESSAGE(anns.contains(name), "nothing of Ann's for {", name, "}");
    out.push_back(names);
    out.back()[name] = anns.at(name);
  }
  return out;
}

std::vector<MatrixWorld::Sister> MatrixWorld::sisters(const Operation& operation) {
  Names names = names_of(operation, ann);
  const bool in_team = names.contains("team");
  if (in_team) names["team"] = "beside";
  std::vector<Sister> out;
  const auto with = [&](const std::string& name, const std::string& value,
                        const std::string& nothing) {
    out.push_back({names, names});
    out.back().names[name] = value;
    out.back().absent[name] = nothing;
  };
  if (names.contains("deployment")) {
    const std::string name = names["deployment"];
    with("deployment", name, "no-such");
    with("deployment", std::string(ann.get(ann.deployment_path(name)).json().text("id")), kNobodys);
  }
  if (in_team && names.contains("user")) {
    with("user", things_of(ann).guest.id, kNobodys);
    with("user", things_of(ann).guest.email, "nobody@example.com");
  }
  if (names.contains("invitation")) with("invitation", names["invitation"], kNobodys);
  if (names.contains("review")) with("review", wanted_team_review(), kNobodys);
  return out;
}

std::string MatrixWorld::path(const Operation& operation, const Names& names) {
  std::string out = operation.pattern;
  for (const auto& [name, value] : names)
    out.replace(out.find("{" + name + "}"), name.size() + 2, value);
  return out;
}

std::string MatrixWorld::query(const Operation& operation) {
  if (operation.id() == "listTeamCandidates") return "?q=guest";
  if (operation.id() == "previewPlan") return "?plan=free";
  return "";
}

// What an operation is asked with; a body that is not here is the contract's example.
Json MatrixWorld::body(const Operation& operation, const Visitor& visitor) {
  const std::string number = std::to_string(++made_);
  const Json guest = Json::object({{"user", things_of(ann).guest.id}});
  const std::string id = operation.id();
  if (id == "reauthenticate" || id == "setPassword") return Json::object({{"password", kPassword}});
  if (id == "createTeam") return Json::object({{"name", "Team " + number}});
  if (id == "createDeployment") return image_body("app-" + number);
  if (id == "changeInvitation") return Json::object();
  if (id == "setPlan") return Json::object({{"plan", "enterprise"}});
  if (id == "offerOwnership") return guest;
  if (id == "appointOwner") {
    Json out = guest;
    return out.set("reason", "Gone.");
  }
  if (id == "invite") {
    const auto& teams = visitor.standing.teams;
    const Json team = Json::object({{"team", teams.empty() ? "default" : teams[0].slug}});
    return one(Json::object(
        {{"email", "asked" + number + "@example.com"}, {"teams", Json::array({team})}}));
  }
  const Json& content = server.contract().resolved(operation.json->at("requestBody")).at("content");
  const Json* example = content.at("application/json").find("example");
  return example != nullptr ? *example : Json::object();
}

Reply MatrixWorld::ask(const Operation& operation, const Visitor& visitor, const Names& names,
                       Person& person) {
  const std::string target = path(operation, names) + query(operation);
  if (operation.json->find("requestBody") == nullptr)
    return person.call({operation.method, target, {}, std::nullopt});
  return person.call({operation.method,
                      target,
                      {{"Content-Type", "application/json"}},
                      body(operation, visitor).dump()});
}

void MatrixWorld::mend(Visitor& visitor) {
  things_of(ann).sound = false;
  if (ann.get(ann.org_path()).json().text("state") == "suspended")
    // Of a new session: it may have been the visitor who ended the others.
    REQUIRE(another_session(server.administrator())
                .del("/api/v1/platform/orgs/" + ann.org + "/suspension")
                .status == 200);
  // What ends a person's other sessions.
  for (Person* owner : {&ann, &eve})
    if (owner->get("/api/v1/me").status != 200) *owner = another_session(*owner);
  if (!visitor.standing.org_role || visitor.person.get(ann.org_path()).status == 200) return;
  // Who left by themselves is not put back.
  server.execute("UPDATE former_members SET own_will = 0 WHERE user_id = '" + visitor.person.id +
                 "'");
  CHECK(ann.poke(ann.org_path() + "/members/" + visitor.person.id + "/reinstate").status == 200);
}

void MatrixWorld::want_guest(Person& owner, Things& things) {
  if (things.sound) return;
  const std::string in_org = owner.org_path() + "/members/" + things.guest.id;
  if (owner.get(in_org).status != 200) REQUIRE(owner.poke(in_org + "/reinstate").status == 200);
  REQUIRE(owner.patch(in_org, Json::object({{"org_role", "org_member"}})).status == 200);
  const Json viewer = Json::object({{"role", "viewer"}});
  REQUIRE(owner.put(owner.team_path() + "/members/" + things.guest.id, viewer).status == 200);
  things.sound = true;
}

void MatrixWorld::want_offer(Person& owner, Things& things) {
  want_guest(owner, things);
  const std::string offers = owner.org_path() + "/ownership-offers";
  const Reply made = owner.post(offers, Json::object({{"user", things.guest.id}}));
  if (made.status == 201) things.offer = made.json().text("id");
  if (made.status != 409) return;
  const Json all = owner.get(offers + "?limit=200").json();
  things.offer = all.at("items").as_array().back().text("id");
}

void MatrixWorld::want_invitation(Person& owner, Things& things) {
  const std::string all = owner.org_path() + "/invitations";
  // As if all had been mailed long ago.
  server.execute("UPDATE invitations SET sent_at = 0");
  if (!things.invitation.empty()) {
    const Json now = owner.get(all + "/" + things.invitation).json();
    if (now.text("state") == "pending" && !now.at("teams").as_array().empty()) return;
  }
  const Json team = Json::object({{"team", owner.team}});
  const Reply made = owner.post(
      all, one(Json::object({{"email", "wanted" + std::to_string(++made_) + "@example.com"},
                             {"teams", Json::array({team})}})));
  REQUIRE(made.status == 200);
  things.invitation = made.json().at("results").as_array()[0].text("invitation", "id");
  server.execute("UPDATE invitations SET sent_at = 0");
}

// The open one of the whole organization.
void MatrixWorld::want_review(Person& owner, Things& things) {
  server.execute("UPDATE access_reviews SET started_at = 0");
  const Reply made = owner.poke(owner.org_path() + "/access-review");
  if (made.status == 201) things.review = made.json().text("id");
  if (made.status != 409) return;
  const Json all = owner.get(owner.org_path() + "/access-reviews?limit=200").json();
  for (const Json& one : all.at("items").as_array())
    if (one.text("scope") == "organization" && one.text("state") == "open")
      things.review = one.text("id");
}

// The open one of the team.
std::string MatrixWorld::wanted_team_review() {
  const Reply made = ann.poke(ann.team_path() + "/access-review");
  if (made.status == 201) return std::string(made.json().text("id"));
  const Json all = ann.get(ann.org_path() + "/access-reviews?team=" + ann.team).json();
  return std::string(all.at("items").as_array().at(0).text("id"));
}

std::string MatrixWorld::wanted_deployment(Person& owner, bool going) {
  const std::string name = going ? "going-" + std::to_string(++made_) : "web";
  if (going || owner.get(owner.deployment_path(name)).status != 200) owner.deploy(name);
  return name;
}

}  // namespace ks::api_test
