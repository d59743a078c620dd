#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "app/invitations/changes.hpp"
#include "tests/people/world.hpp"

namespace ks::people_test {

inline std::vector<std::string> sorted(std::vector<std::string> texts) {
  std::ranges::sort(texts);
  return texts;
}

// Ann's organization on the plan business, and what people do with its invitations.
struct InvitationHouse {
  explicit InvitationHouse(test::EngineCase& engine) : world(engine) {}

  World world;
  const World::Person& ann = world.add_person("ann");
  const World::Person& ben = world.add_person("ben");
  const World::Person& cleo = world.add_person("cleo");
  OrgId org = world.found(ann, "Acme");
  std::map<std::string, TeamId> teams = {};  // Those that make_team() made, and "default".

  test::EngineCase& engine() { return world.engine(); }
  TeamId team(const std::string& slug);

  // In the organization, and in teams by slug.
  void join(const World::Person& who, OrgRole role, const std::map<std::string, TeamRole>& in = {});

  struct Result {
    Outcome outcome;
    std::vector<std::string> results;
    std::vector<std::string> ids;  // "" where there is none.
  };
  Result invite(const World::Person& by, const std::vector<app::Wanted>& wanted, int days = 7);
  // One; gives its result, and keeps its id.
  std::string invite(const World::Person& by, const std::string& email,
                     const std::map<std::string, TeamRole>& in = {}, OrgRole role = OrgRole::member,
                     int days = 7);
  std::string last_id;
  // The token that was mailed last to this address.
  std::string token(const std::string& email);

  Outcome accept(const World::Person& who, const std::string& token, std::size_t process = 0,
                 std::optional<app::Accepted>* accepted = nullptr);
  Outcome decline(const World::Person& who, const std::string& token);
  Outcome decline_by_link(const std::string& token);
  Outcome look_up(const World::Person& who, const std::string& token,
                  std::optional<app::LookedUp>* found = nullptr);
  Outcome ask(const World::Person& who, const std::string& token);
  Outcome revoke(const World::Person& by, const std::string& id);
  Outcome resend(const World::Person& by, const std::string& id);
  Outcome change(const World::Person& by, const std::string& id, const app::InvitationPatch& patch);
  // As `by` sees it; fails the test when they do not.
  app::InvitationView seen(const World::Person& by, const std::string& id);
  std::string state(const std::string& id);  // "revoked inviter_lost_right".
  std::vector<std::string> listed(const World::Person& by,
                                  std::optional<InvitationState> state = std::nullopt);

  std::int64_t seats();
  // The person's roles: "org_member default=viewer"; "" for no member.
  std::string roles(const World::Person& who);
  // Members plus pending invitations are the seats, nobody is a member twice, one owns.
  void check_whole();
};

}  // namespace ks::people_test
