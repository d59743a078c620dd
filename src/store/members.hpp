#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "authz/permit.hpp"
#include "store/page.hpp"
#include "store/transaction.hpp"

namespace ks {

// A person of an organization, with the teams of it that the person is in, by slug.
struct MemberRow {
  struct InTeam {
    TeamId team;
    std::string slug;
    std::string name;
    TeamRole role;
  };
  UserId user;
  std::string email;
  std::string name;
  OrgRole role;
  std::int64_t version = 1;  // Of the roles, those in teams included.
  Time since;
  std::optional<Time> last_active;  // Of the account; as exact as the use of sessions is written.
  std::vector<InTeam> teams;
};

// A person of a team.
struct TeamMemberRow {
  UserId user;
  std::string email;
  std::string name;
  OrgRole org_role;
  TeamRole role;
  std::int64_t version = 1;
  Time since;
  std::optional<Time> last_active;
};

// A member of the organization as somebody who adds people to a team sees them.
struct CandidateRow {
  UserId user;
  std::string email;
  std::string name;
  OrgRole org_role;
  std::optional<TeamRole> role;  // Of the team that is asked for.
  std::int64_t version = 1;      // Of that role.
};

// Which people of a list. Letters a to z of the prefix are found in either case.
struct PeopleFilter {
  std::string name_prefix;
};

// The roles of somebody at this moment.
struct Roles {
  OrgRole org;
  std::optional<TeamRole> team;
};

struct Invitation;  // store/invitations.hpp

// The rights by which somebody becomes a member: of those who manage members, of the
// founder, of who appoints an owner where there is none, and of who holds a pending invitation.
// Prevents that any other right does.
class MayAdd {
 public:
  MayAdd(
      const Permit<Action::org_members_manage, Org>& permit)  // NOLINT(google-explicit-constructor)
      : permit_(permit), by_(permit.scope().actor()) {}
  MayAdd(const Permit<Action::org_found, Org>& permit)  // NOLINT(google-explicit-constructor)
      : permit_(permit), by_(permit.scope().actor()) {}
  MayAdd(
      const Permit<Action::orgs_appoint_owner, Org>& permit)  // NOLINT(google-explicit-constructor)
      : permit_(permit) {}
  // `by`: who of those who invited gave the role.
  static MayAdd invited(const Permit<Action::invitation_answer, Org>& permit,
                        const Invitation& invitation, const UserId& by);
  const AnyPermit& permit() const noexcept { return permit_; }
  // Who gives what the person gets; nobody of the organization for who is appointed.
  const std::optional<UserId>& by() const noexcept { return by_; }

 private:
  MayAdd(const Permit<Action::invitation_answer, Org>& permit, const UserId& by)
      : permit_(permit), by_(by) {}
  AnyPermit permit_;
  std::optional<UserId> by_;
};

// A person by id, or by exact address in the form of normal_email().
struct PersonRef {
  std::optional<UserId> id;
  std::string email;
};

class MemberStore {
 public:
  virtual ~MemberStore() = default;

  // Nobody else changes who is in the organization and as what, from here to the end of the
  // transaction. It is the lock of PlanStore::lock_usage, because a member is a seat.
  virtual Result<void> lock(Tx&, const AnyPermit&) = 0;
  // Under that lock the actor's rights were compared with those of now: the journal need not do so
  // again, and what the transaction itself does to them is no reason for it to refuse.
  virtual void settle_rights(Tx&, const AnyPermit&) = 0;
  // None when the person is not in the organization.
  virtual Result<std::optional<Roles>> roles(Tx&, const AnyPermit&, const UserId&) = 0;
  virtual Result<std::optional<Roles>> roles(Tx&, const AnyPermit&, const UserId&,
                                             const TeamId&) = 0;

  // By id of the person.
  virtual Result<Page<MemberRow>> list(Tx&, const Permit<Action::org_members_read, Org>&,
                                       const PeopleFilter&, const PageRequest&) = 0;
  virtual Result<std::optional<MemberRow>> find(Tx&, const Permit<Action::org_members_read, Org>&,
                                                const PersonRef&) = 0;
  // False, with nothing changed, when the person is in the organization already. The seat is not
  // counted here.
  virtual Result<bool> add(Tx&, const MayAdd&, const UserId&, OrgRole, Time now) = 0;
  // Given by the acting person. False when the person is not in the organization.
  virtual Result<bool> set_role(Tx&, const Permit<Action::org_members_manage, Org>&, const UserId&,
                                OrgRole, Time now) = 0;
  // Adds or changes a role in a team for a new member, given by `by`. False when the team is gone.
  virtual Result<bool> add_to_team(Tx&, const MayAdd&, const TeamId&, const UserId&, TeamRole,
                                   const std::optional<UserId>& by, Time now) = 0;

  virtual Result<Page<TeamMemberRow>> list(Tx&, const Permit<Action::members_read, Team>&,
                                           const PeopleFilter&, const PageRequest&) = 0;
  virtual Result<std::optional<TeamMemberRow>> find(Tx&, const Permit<Action::members_read, Team>&,
                                                    const PersonRef&) = 0;
  // Members of the organization: by prefix of the name in order of names, at most `limit`; or the
  // one that is named.
  virtual Result<std::vector<CandidateRow>> candidates(Tx&,
                                                       const Permit<Action::members_manage, Team>&,
                                                       const PeopleFilter&, int limit) = 0;
  virtual Result<std::optional<CandidateRow>> find_candidate(
      Tx&, const Permit<Action::members_manage, Team>&, const PersonRef&) = 0;
  // Adds or changes; given by the acting person.
  virtual Result<void> set(Tx&, const Permit<Action::members_manage, Team>&, const UserId&,
                           TeamRole, Time now) = 0;
  // False when the person is not in the team.
  virtual Result<bool> remove(Tx&, const Permit<Action::members_manage, Team>&, const UserId&) = 0;

  // After every change of a member's roles, and before a removal: the person's rights are loaded
  // again at the next request, and the version of the membership goes up.
  virtual Result<void> touch(Tx&, const AnyPermit&, const UserId&) = 0;
};

}  // namespace ks
