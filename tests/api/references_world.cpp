#include "tests/api/references_world.hpp"

#include <doctest/doctest.h>

#include "base/digest.hpp"
#include "tests/api/mailbox.hpp"

namespace ks::api_test {

namespace {

constexpr const char* kOtherClient = "01939f6e-4a00-7000-8000-0000000000c2";
constexpr const char* kNobodys = "01939f6e-4a00-7000-8000-0000000000ff";
constexpr const char* kOtherPlan = "elsewhere-plan";
constexpr const char* kOtherSetup = "a link for the administrator of another client";

std::string set_up(Person& person, const std::string& team) {
  const Reply reply = person.post(person.org_path() + "/teams", Json::object({{"name", team}}));
  REQUIRE(reply.status == 201);
  return std::string(reply.json().text("id"));
}

}  // namespace

std::string_view name(Whose whose) {
  switch (whose) {
    case Whose::none:
      return "none";
    case Whose::own:
      return "own";
    case Whose::foreign:
      return "foreign";
    case Whose::client:
      return "client";
    case Whose::deleted:
      return "deleted";
  }
  return "";
}

ReferencesWorld::ReferencesWorld()
    : server(
          {.settings = {{"RATE_LIMIT_WRITES", "100000"}, {"RATE_LIMIT_ADDRESS_WRITES", "100000"}}}),
      foreign(server.somebody("Foreign")),
      elsewhere(server.somebody("Elsewhere")) {
  server.raise(foreign, "enterprise");
  server.raise(elsewhere, "enterprise");
  foreign_team_ = set_up(foreign, "Beside");
  elsewhere_team_ = set_up(elsewhere, "Apart");
  foreign.deploy("shared");
  revoked_token_ = invited(server, foreign, "revoked@example.com");
  const std::string invitations = foreign.org_path() + "/invitations";
  const Json open = foreign.get(invitations).json();
  REQUIRE(foreign.del(invitations + "/" + std::string(open.at("items").as_array().at(0).text("id")))
              .status == 204);
  elsewhere_token_ = invited(server, elsewhere, "invited-elsewhere@example.com");
  for (const char* purpose : {"sign_up", "reset", "change_address", "restore_address"})
    elsewhere_links_.push_back(plant_link(server, purpose, "linked@example.com", elsewhere.id));
  Person ended = server.somebody("Ended");
  REQUIRE(ended
              .call({"DELETE",
                     ended.org_path(),
                     {{"Content-Type", "application/json"}},
                     Json::object({{"name", "Ended"}}).dump()})
              .status == 202);
  ended_ = ended.org;
  move_to_other_client(elsewhere);
}

void ReferencesWorld::move_to_other_client(Person& person) {
  const test::RawSql raw(server.dsn());
  const std::string other = std::string("'") + kOtherClient + "'";
  raw.run("INSERT INTO clients (client_id, slug, name, state, created_at) VALUES (" + other +
          ", 'other', 'Other', 'active', 0)");
  for (const std::string& table : raw.run(
           "SELECT m.name FROM sqlite_master AS m WHERE m.type = 'table' AND EXISTS (SELECT 1 FROM "
           "pragma_table_info(m.name) WHERE name = 'org_id') AND EXISTS (SELECT 1 FROM "
           "pragma_table_info(m.name) WHERE name = 'client_id')"))
    raw.run("UPDATE " + table + " SET client_id = " + other + " WHERE org_id = '" + person.org_id +
            "'");
  raw.run("UPDATE organizations SET client_id = " + other + " WHERE id = '" + person.org_id + "'");
  // The register of names keeps a hash that is the client's.
  raw.run("DELETE FROM given_names WHERE holder = '" + person.org_id + "'");
  raw.run("UPDATE users SET client_id = " + other + " WHERE id = '" + person.id + "'");
  for (const char* table : {"sessions", "account_links"})
    raw.run(std::string("UPDATE ") + table + " SET client_id = " + other + " WHERE user_id = '" +
            person.id + "'");
  raw.run(
      std::string("INSERT INTO plans (client_id, key, version, name, state, rank, created_at) ") +
      "VALUES (" + other + ", '" + kOtherPlan + "', 1, 'Other', 'active', 1, 0)");
  raw.run("INSERT INTO setup_tokens (client_id, token_hash, expires_at) VALUES (" + other + ", '" +
          hex(sha256(kOtherSetup)) + "', 9000000000000000)");
}

std::vector<std::string> ReferencesWorld::marks() const {
  return {kOtherClient, foreign.org_id, foreign.id, elsewhere.org_id, elsewhere.id};
}

std::vector<Candidate> ReferencesWorld::teams(Person* owner) {
  Made out = {{Whose::none, "id", kNobodys},          {Whose::none, "slug", free_name()},
              {Whose::foreign, "id", foreign_team_},  {Whose::foreign, "slug", "beside"},
              {Whose::client, "id", elsewhere_team_}, {Whose::client, "slug", "apart"}};
  if (owner == nullptr) return out;
  const std::string id = set_up(*owner, "Gone");
  REQUIRE(owner->del(owner->org_path() + "/teams/gone").status == 204);
  out.push_back({Whose::deleted, "id", id});
  out.push_back({Whose::deleted, "slug", "gone"});
  out.push_back({Whose::own, "slug", owner->team});
  return out;
}

std::vector<Candidate> ReferencesWorld::people(Person* owner) {
  Made out = {{Whose::none, "id", kNobodys},       {Whose::none, "address", "nobody@example.com"},
              {Whose::foreign, "id", foreign.id},  {Whose::foreign, "address", foreign.email},
              {Whose::client, "id", elsewhere.id}, {Whose::client, "address", elsewhere.email}};
  if (owner == nullptr) return out;
  const Person gone = server.colleague(*owner, "Gone");
  REQUIRE(owner->del(owner->org_path() + "/members/" + gone.id).status == 204);
  out.push_back({Whose::deleted, "id", gone.id});
  out.push_back({Whose::deleted, "address", gone.email});
  return out;
}

std::vector<Candidate> ReferencesWorld::addresses(Person* owner) {
  Made out;
  for (const Candidate& one : people(owner))
    if (one.form == "address") out.push_back(one);
  return out;
}

std::vector<Candidate> ReferencesWorld::organizations() {
  // One that no other request has taken meanwhile, which this client's may.
  elsewhere.org = free_name();
  server.execute("UPDATE organizations SET slug = '" + elsewhere.org + "' WHERE id = '" +
                 elsewhere.org_id + "'");
  return {{Whose::none, "slug", free_name()},
          {Whose::foreign, "slug", foreign.org},
          {Whose::client, "slug", elsewhere.org},
          {Whose::deleted, "slug", ended_}};
}

std::vector<Candidate> ReferencesWorld::deployments(Person*) {
  return {{Whose::none, "name", free_name()}, {Whose::foreign, "name", "shared"}};
}

std::vector<Candidate> ReferencesWorld::invitation_tokens() {
  std::string unknown = elsewhere_token_;
  // Of an organization that is there, and of none of its invitations.
  unknown = server.token_of(foreign, kNobodys);
  return {{Whose::none, "token", unknown},
          {Whose::client, "token", elsewhere_token_},
          {Whose::deleted, "token", revoked_token_}};
}

std::vector<Candidate> ReferencesWorld::links() {
  Made out = {{Whose::none, "token", "a token that nobody ever was sent"}};
  for (const std::string& token : elsewhere_links_) out.push_back({Whose::client, "token", token});
  return out;
}

std::vector<Candidate> ReferencesWorld::candidates(const std::string& noun, Person* owner) {
  // How each is come by. A new noun of the contract gets its line here.
  const std::map<std::string, std::function<Made()>> known = {
      {"team", [&] { return teams(owner); }},
      {"user", [&] { return people(owner); }},
      {"address", [&] { return addresses(owner); }},
      // Everybody's of the client.
      {"account",
       [&] {
         Made out = people(nullptr);
         std::erase_if(out, [](const Candidate& one) { return one.whose == Whose::foreign; });
         return out;
       }},
      {"organization", [&] { return organizations(); }},
      {"deployment", [&] { return deployments(owner); }},
      {"target",
       [&] {
         Made out = teams(owner);
         std::erase_if(out, [](const Candidate& one) { return one.form != "id"; });
         return out;
       }},
      {"plan",
       [&] { return Made{{Whose::none, "key", "no-such"}, {Whose::client, "key", kOtherPlan}}; }},
      // They come with the program: nobody's own, so far.
      {"template", [&] { return Made{{Whose::none, "name", "no-such"}}; }},
      {"invitation_token", [&] { return invitation_tokens(); }},
      {"link", [&] { return links(); }},
      {"setup_link",
       [&] {
         return Made{{Whose::none, "token", "a link that was never printed"},
                     {Whose::client, "token", kOtherSetup}};
       }},
  };
  const auto way = known.find(noun);
  REQUIRE_MESSAGE(way != known.end(), "nothing is known of the noun ", noun);
  return way->second();
}

}  // namespace ks::api_test
