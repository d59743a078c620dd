#include "app/team_members.hpp"

#include "app/invitations/revocation.hpp"
#include "app/members.hpp"
#include "app/organizations.hpp"
#include "authz/grants.hpp"
#include "base/utf8.hpp"
#include "domain/name.hpp"

namespace ks::app {

namespace {

constexpr std::ptrdiff_t kQueryMin = 2;

// The role before and after; null for none.
Json roles_json(const TeamId& team, const std::optional<TeamRole>& before,
                const std::optional<TeamRole>& after) {
  const auto shown = [](const std::optional<TeamRole>& role) {
    return role ? Json(name(*role)) : Json();
  };
  return Json::object({{"team", team.text()},
                       {"before", Json::object({{"role", shown(before)}})},
                       {"after", Json::object({{"role", shown(after)}})}});
}

using MayManage = Permit<Action::members_manage, Team>;

// The person with the role that they have now, under the lock.
Result<CandidateRow> subject(Tx& tx, const Stores& stores, const MayManage& may,
                             const PersonRef& person,
                             const std::optional<std::int64_t>& if_version) {
  KS_CHECK(hold_members(tx, stores, may, may.id()));
  KS_TRY(auto found, stores.members.find_candidate(tx, may, person));
  if (!found) return not_found();
  if (if_version) {
    if (!found->role) return not_found();
    if (*if_version != found->version) return stale_version();
  }
  return std::move(*found);
}

Result<void> record(Tx& tx, const Stores& stores, const MayManage& may, const CandidateRow& whom,
                    const std::optional<TeamRole>& after) {
  KS_CHECK(stores.members.touch(tx, may, whom.user));
  return stores.journal.record(tx, may,
                               Deed{Action::members_manage, "member", whom.user.str(),
                                    roles_json(may.id(), whom.role, after)},
                               Change{"team_member", whom.user.str(), may.id()},
                               stores.clock.now());
}

}  // namespace

Result<Page<TeamMemberRow>> team_members(Tx& tx, const Stores& stores, const TenantScope& scope,
                                         std::string_view team, const PeopleFilter& filter,
                                         const PageRequest& page) {
  KS_TRY(const TeamId id, stores.authorizer.find_team(tx, scope, team));
  KS_TRY(const auto may_read, stores.authorizer.require<Action::members_read>(tx, scope, id));
  return stores.members.list(tx, may_read, filter, page);
}

Result<TeamMemberRow> team_member(Tx& tx, const Stores& stores, const TenantScope& scope,
                                  std::string_view team, const PersonRef& person) {
  KS_TRY(const TeamId id, stores.authorizer.find_team(tx, scope, team));
  KS_TRY(const auto may_read, stores.authorizer.require<Action::members_read>(tx, scope, id));
  KS_TRY(auto found, stores.members.find(tx, may_read, person));
  if (!found) return not_found();
  return std::move(*found);
}

Result<std::vector<CandidateRow>> team_candidates(Tx& tx, const Stores& stores,
                                                  const TenantScope& scope, std::string_view team,
                                                  std::string_view query) {
  KS_TRY(const TeamId id, stores.authorizer.find_team(tx, scope, team));
  KS_TRY(const auto may_manage, stores.authorizer.require<Action::members_manage>(tx, scope, id));
  const std::ptrdiff_t letters = code_points(query);
  if (letters < kQueryMin || letters > static_cast<std::ptrdiff_t>(kTextMax))
    return invalid({Fault{"?q", "must be an address or 2 to 100 letters of a name"}});
  if (query.find('@') == std::string_view::npos)
    return stores.members.candidates(tx, may_manage, PeopleFilter{std::string(query)},
                                     kCandidatesMax);
  std::vector<CandidateRow> out;
  const auto address = normal_email(query);
  if (!address) return out;
  KS_TRY(auto found,
         stores.members.find_candidate(tx, may_manage, PersonRef{std::nullopt, *address}));
  if (found) out.push_back(std::move(*found));
  return out;
}

Result<TeamMemberRow> set_team_member(Tx& tx, const Stores& stores, const TenantScope& scope,
                                      std::string_view team, const PersonRef& person,
                                      const TeamRoleChange& change,
                                      const std::optional<std::int64_t>& if_version) {
  KS_TRY(const TeamId id, stores.authorizer.find_team(tx, scope, team));
  KS_TRY(const auto may_read, stores.authorizer.require<Action::members_read>(tx, scope, id));
  KS_TRY(const auto may_manage, stores.authorizer.require<Action::members_manage>(tx, scope, id));
  KS_TRY(const CandidateRow whom, subject(tx, stores, may_manage, person, if_version));
  if (whom.role != change.role) {
    const Standing& own = scope.standing();
    const bool within_reach = whom.role ? policy::may_change(own, id, *whom.role, change.role)
                                        : policy::may_grant(own, id, change.role);
    if (!within_reach) return out_of_reach(Action::members_manage);
    if (whom.user == scope.actor() && change.role < whom.role && !change.confirmed)
      return confirmation_required(" in the team");
    KS_CHECK(stores.members.set(tx, may_manage, whom.user, change.role, stores.clock.now()));
    if (change.role < whom.role)
      KS_CHECK(recheck_invitations_of(tx, stores, may_manage, whom.user));
    KS_CHECK(record(tx, stores, may_manage, whom, change.role));
  }
  KS_TRY(auto found, stores.members.find(tx, may_read, PersonRef{whom.user, {}}));
  if (!found) return not_found();
  return std::move(*found);
}

Result<void> remove_team_member(Tx& tx, const Stores& stores, const TenantScope& scope,
                                std::string_view team, const PersonRef& person, bool confirmed,
                                const std::optional<std::int64_t>& if_version) {
  KS_TRY(const TeamId id, stores.authorizer.find_team(tx, scope, team));
  KS_TRY(const auto may_manage, stores.authorizer.require<Action::members_manage>(tx, scope, id));
  KS_TRY(const CandidateRow whom, subject(tx, stores, may_manage, person, if_version));
  if (!whom.role) return not_found();
  if (!policy::may_remove(scope.standing(), id, *whom.role))
    return out_of_reach(Action::members_manage);
  if (whom.user == scope.actor() && !confirmed) return confirmation_required(" in the team");
  KS_CHECK(record(tx, stores, may_manage, whom, std::nullopt));
  KS_TRY(const bool removed, stores.members.remove(tx, may_manage, whom.user));
  if (!removed) return not_found();
  KS_CHECK(stores.outbox.cancel_to(tx, may_manage, whom.user, {"team_member", id.str()}));
  return recheck_invitations_of(tx, stores, may_manage, whom.user);
}

}  // namespace ks::app
