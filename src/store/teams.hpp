#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "authz/permit.hpp"
#include "store/names.hpp"
#include "store/page.hpp"
#include "store/transaction.hpp"

namespace ks {

struct TeamRow {
  TeamId id;
  std::string slug;
  std::string name;
  std::string description;
  std::int64_t version = 1;
  Time created_at;
  Time updated_at;
};

class TeamStore {
 public:
  virtual ~TeamStore() = default;
  // `conflict` "teams_slug_taken". The second form is for the organization's first team.
  virtual Result<void> create(Tx&, const Permit<Action::teams_create, Org>&, const TeamRow&) = 0;
  virtual Result<void> create_first(Tx&, const Permit<Action::org_found, Org>&, const TeamRow&) = 0;
  virtual Result<void> add_founder(Tx&, const Permit<Action::org_found, Org>&, const TeamId&,
                                   const UserId&, Time now) = 0;
  virtual Result<TeamRow> get(Tx&, const Permit<Action::team_read, Team>&) = 0;
  // By slug. `only_of`: the teams of this person; none: all of the organization.
  virtual Result<Page<TeamRow>> list(Tx&, const Permit<Action::teams_list, Org>&,
                                     const std::optional<UserId>& only_of, const PageRequest&) = 0;
  // Sets slug, name and description when the version is still `version`; false when it is not.
  // `conflict` "teams_slug_taken".
  virtual Result<bool> set(Tx&, const Permit<Action::team_update, Team>&, const TeamRow&,
                           std::int64_t version) = 0;
  // Which team had this slug less than kSlugRest ago, and not now.
  virtual Result<std::optional<TeamId>> holder_before(Tx&, const AnyPermit&, std::string_view slug,
                                                      Time now) = 0;
  // When the team may give up another slug: at once, or when one of kSlugsAtRestMax is free again.
  virtual Result<std::optional<Time>> lets_go_at(Tx&, const Permit<Action::team_update, Team>&,
                                                 Time now) = 0;
  // The team is called `taken` from here on: `given_up` leads to it for kSlugRest, and until then
  // is no other team's. Beside set(), under lock_usage().
  virtual Result<void> change_slug(Tx&, const Permit<Action::team_update, Team>&,
                                   std::string_view given_up, std::string_view taken, Time now) = 0;
  // What is in the team: deployments, and those that are on their way out.
  struct Load {
    std::int64_t deployments = 0;
    std::int64_t ending = 0;
  };
  virtual Result<Load> load(Tx&, const Permit<Action::teams_delete, Org>&, const TeamId&) = 0;
  // Takes it away from everybody and gives its slug back; what still has to leave the cluster keeps
  // its row until then. False when there is no such team.
  virtual Result<bool> remove(Tx&, const Permit<Action::teams_delete, Org>&, const TeamId&) = 0;
};

}  // namespace ks
