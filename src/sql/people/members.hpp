#pragma once

#include "store/members.hpp"

namespace ks::sql {

class SqlMemberStore final : public MemberStore {
 public:
  Result<void> lock(Tx&, const AnyPermit&) override;
  void settle_rights(Tx&, const AnyPermit&) override;
  Result<std::optional<Roles>> roles(Tx&, const AnyPermit&, const UserId&) override;
  Result<std::optional<Roles>> roles(Tx&, const AnyPermit&, const UserId&, const TeamId&) override;

  Result<Page<MemberRow>> list(Tx&, const Permit<Action::org_members_read, Org>&,
                               const PeopleFilter&, const PageRequest&) override;
  Result<std::optional<MemberRow>> find(Tx&, const Permit<Action::org_members_read, Org>&,
                                        const PersonRef&) override;
  Result<bool> add(Tx&, const MayAdd&, const UserId&, OrgRole, Time now) override;
  Result<bool> set_role(Tx&, const Permit<Action::org_members_manage, Org>&, const UserId&, OrgRole,
                        Time now) override;
  Result<bool> add_to_team(Tx&, const MayAdd&, const TeamId&, const UserId&, TeamRole,
                           const std::optional<UserId>& by, Time now) override;

  Result<Page<TeamMemberRow>> list(Tx&, const Permit<Action::members_read, Team>&,
                                   const PeopleFilter&, const PageRequest&) override;
  Result<std::optional<TeamMemberRow>> find(Tx&, const Permit<Action::members_read, Team>&,
                                            const PersonRef&) override;
  Result<std::vector<CandidateRow>> candidates(Tx&, const Permit<Action::members_manage, Team>&,
                                               const PeopleFilter&, int limit) override;
  Result<std::optional<CandidateRow>> find_candidate(Tx&,
                                                     const Permit<Action::members_manage, Team>&,
                                                     const PersonRef&) override;
  Result<void> set(Tx&, const Permit<Action::members_manage, Team>&, const UserId&, TeamRole,
                   Time now) override;
  Result<bool> remove(Tx&, const Permit<Action::members_manage, Team>&, const UserId&) override;

  Result<void> touch(Tx&, const AnyPermit&, const UserId&) override;
};

}  // namespace ks::sql
