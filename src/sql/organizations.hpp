#pragma once

#include "authz/authorizer.hpp"
#include "store/organizations.hpp"
#include "store/teams.hpp"

namespace ks::sql {

class SqlOrganizationStore final : public OrganizationStore {
 public:
  Result<bool> create(Tx&, const Permit<Action::org_found, Org>&, const NewOrganization&) override;
  Result<void> add_member(Tx&, const Permit<Action::org_found, Org>&, const UserId&, OrgRole,
                          Time now) override;
  Result<Organization> get(Tx&, const Permit<Action::org_read, Org>&) override;
  Result<Organization> get_for_administration(Tx&,
                                              const Permit<Action::orgs_set_plan, Org>&) override;
  Result<Organization> get_for_administration(
      Tx&, const Permit<Action::orgs_appoint_owner, Org>&) override;
  Result<Organization> get_for_administration(Tx&,
                                              const Permit<Action::orgs_suspend, Org>&) override;
  Result<bool> set_suspension(Tx&, const Permit<Action::orgs_suspend, Org>&,
                              std::string_view reason, Time since, Time now) override;
  Result<bool> set(Tx&, const Permit<Action::org_update, Org>&, const Organization&,
                   std::int64_t version) override;
  Result<bool> begin_delete(Tx&, const Permit<Action::org_delete, Org>&, Time now) override;
  Result<bool> restore(Tx&, const Permit<Action::org_delete, Org>&, Time now) override;
  Result<void> touch_members(Tx&, const AnyPermit&) override;
  Result<std::vector<Contact>> owners(Tx&, const AnyPermit&) override;
  Result<Page<OrganizationSummary>> list_all(Tx&, const FleetScope&, std::string_view prefix,
                                             const PageRequest&) override;
  Result<std::optional<OrgId>> find_any(Tx&, const FleetScope&, const ClientId&,
                                        std::string_view id_or_slug) override;
};

class SqlTeamStore final : public TeamStore, public Directory {
 public:
  Result<void> create(Tx&, const Permit<Action::teams_create, Org>&, const TeamRow&) override;
  Result<void> create_first(Tx&, const Permit<Action::org_found, Org>&, const TeamRow&) override;
  Result<void> add_founder(Tx&, const Permit<Action::org_found, Org>&, const TeamId&, const UserId&,
                           Time now) override;
  Result<TeamRow> get(Tx&, const Permit<Action::team_read, Team>&) override;
  Result<Page<TeamRow>> list(Tx&, const Permit<Action::teams_list, Org>&,
                             const std::optional<UserId>& only_of, const PageRequest&) override;
  Result<bool> set(Tx&, const Permit<Action::team_update, Team>&, const TeamRow&,
                   std::int64_t version) override;
  Result<std::optional<TeamId>> holder_before(Tx&, const AnyPermit&, std::string_view slug,
                                              Time now) override;
  Result<std::optional<Time>> lets_go_at(Tx&, const Permit<Action::team_update, Team>&,
                                         Time now) override;
  Result<void> change_slug(Tx&, const Permit<Action::team_update, Team>&, std::string_view given_up,
                           std::string_view taken, Time now) override;
  Result<Load> load(Tx&, const Permit<Action::teams_delete, Org>&, const TeamId&) override;
  Result<bool> remove(Tx&, const Permit<Action::teams_delete, Org>&, const TeamId&) override;

  Result<bool> team_exists(Tx&, const Lookup&, const TeamId&) const override;
  Result<std::optional<TeamId>> team_by_slug(Tx&, const Lookup&,
                                             std::string_view slug) const override;
};

}  // namespace ks::sql
