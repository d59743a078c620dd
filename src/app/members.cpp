#include "app/members.hpp"

#include <fmt/format.h>

#include "app/invitations/revocation.hpp"
#include "app/organizations.hpp"
#include "app/plans.hpp"
#include "authz/grants.hpp"
#include "domain/name.hpp"

namespace ks::app {

namespace {

Result<void> free_seat(Tx& tx, const Stores& stores, const AnyPermit& permit) {
  Usage one;
  one.members = -1;
  return charge(tx, stores, permit, one);
}

// Puts the person into the teams that they are not in yet.
Result<std::vector<TeamId>> join_teams(Tx& tx, const Stores& stores, const MayAdd& may,
                                       const Joining& joining, Json& entered, Time now) {
  std::vector<TeamId> vanished;
  for (const Joining::InTeam& wanted : joining.teams) {
    KS_TRY(const auto roles, stores.members.roles(tx, may.permit(), joining.user, wanted.team));
    if (roles && roles->team) continue;
    KS_TRY(const bool set,
           stores.members.add_to_team(tx, may, wanted.team, joining.user, wanted.role,
                                      wanted.by ? wanted.by : may.by(), now));
    if (!set) {
      vanished.push_back(wanted.team);
      continue;
    }
    entered.push(Json::object({{"team", wanted.team.text()}, {"role", name(wanted.role)}}));
  }
  return vanished;
}

}  // namespace

Result<PersonRef> person_ref(std::string_view id_or_address) {
  if (auto id = UserId::parse(id_or_address)) return PersonRef{std::move(*id), {}};
  auto email = normal_email(id_or_address);
  if (!email) return not_found();
  return PersonRef{std::nullopt, std::move(*email)};
}

std::unexpected<Error> out_of_reach(Action action) {
  Error error{};
  error.code = Error::Code::denied;
  error.problem = "permission_denied";
  error.message = "This role is above what yours lets you give, change or take away.";
  error.denial = DeniedDetail{std::string(name(action)), {std::string(name(OrgRole::owner))}};
  return std::unexpected(std::move(error));
}

std::unexpected<Error> last_owner() {
  return conflict("last_owner",
                  "An organization always has one owner; pass ownership to somebody else first.");
}

std::unexpected<Error> confirmation_required(std::string_view of_what) {
  return conflict("confirmation_required",
                  fmt::format("This lowers your own role{}; say that you mean it.", of_what));
}

Result<void> hold_members(Tx& tx, const Stores& stores, const AnyPermit& permit,
                          const std::optional<TeamId>& team) {
  KS_CHECK(stores.members.lock(tx, permit));
  const TenantScope& scope = permit.scope();
  const Standing& standing = scope.standing();
  // Who acts from above is in no organization.
  if (!scope.actor() || !standing.org_role) return {};
  std::optional<Roles> now;
  if (team) {
    KS_TRY(now, stores.members.roles(tx, permit, *scope.actor(), *team));
  } else {
    KS_TRY(now, stores.members.roles(tx, permit, *scope.actor()));
  }
  if (!now) return not_found();
  if (now->org != *standing.org_role || (team && now->team != standing.role_in(*team)))
    return conflict("busy", "Your own role changed just now; try again.");
  stores.members.settle_rights(tx, permit);
  return {};
}

Result<Joined> join(Tx& tx, const Stores& stores, const MayAdd& may, const Joining& joining) {
  KS_ASSERT(joining.role != OrgRole::owner);
  const AnyPermit& permit = may.permit();
  const Time now = stores.clock.now();
  KS_CHECK(stores.members.lock(tx, permit));
  Joined out;
  KS_TRY(out.added, stores.members.add(tx, may, joining.user, joining.role, now));
  if (out.added && joining.seat == Joining::Seat::take) {
    // What has expired holds no seat any more, whether or not that is written down.
    KS_CHECK(expire_invitations(tx, stores, permit));
    Usage one;
    one.members = 1;
    KS_CHECK(charge(tx, stores, permit, one));
  }
  if (!out.added && joining.seat == Joining::Seat::held) KS_CHECK(free_seat(tx, stores, permit));
  Json entered = Json::array();
  if (out.added) KS_CHECK(stores.removals.forget_former(tx, may, joining.user));
  KS_TRY(out.vanished, join_teams(tx, stores, may, joining, entered, now));
  if (!out.added && entered.as_array().empty()) return out;
  Json detail = Json::object({{"teams", std::move(entered)}});
  if (out.added) detail.set("org_role", name(joining.role));
  if (joining.again) detail.set("reinstated", true);
  KS_CHECK(stores.members.touch(tx, permit, joining.user));
  KS_CHECK(stores.journal.record(
      tx, permit, Deed{Action::org_members_manage, "member", joining.user.str(), std::move(detail)},
      Change{"member", joining.user.str(), std::nullopt}, now));
  return out;
}

Result<Page<MemberRow>> members(Tx& tx, const Stores& stores, const TenantScope& scope,
                                const PeopleFilter& filter, const PageRequest& page) {
  KS_TRY(const auto may_read, stores.authorizer.require<Action::org_members_read>(scope));
  return stores.members.list(tx, may_read, filter, page);
}

Result<MemberRow> member(Tx& tx, const Stores& stores, const TenantScope& scope,
                         const PersonRef& person) {
  KS_TRY(const auto may_read, stores.authorizer.require<Action::org_members_read>(scope));
  KS_TRY(auto found, stores.members.find(tx, may_read, person));
  if (!found) return not_found();
  return std::move(*found);
}

Result<MemberRow> change_member(Tx& tx, const Stores& stores, const TenantScope& scope,
                                const PersonRef& person, const RoleChange& change,
                                const std::optional<std::int64_t>& if_version) {
  KS_TRY(const auto may_read, stores.authorizer.require<Action::org_members_read>(scope));
  KS_TRY(const auto may_manage, stores.authorizer.require<Action::org_members_manage>(scope));
  KS_CHECK(hold_members(tx, stores, may_manage));
  KS_TRY(auto found, stores.members.find(tx, may_read, person));
  if (!found) return not_found();
  const MemberRow& target = *found;
  if (if_version && *if_version != target.version) return stale_version();
  const OrgRole to = change.role.value_or(target.role);
  if (to == target.role) return target;
  const Standing& own = scope.standing();
  const bool self = target.user == scope.actor();
  if (target.role == OrgRole::owner)
    return self ? last_owner() : out_of_reach(Action::org_transfer);
  if (to == OrgRole::owner) {
    if (!policy::may_make_owner(own)) return out_of_reach(Action::org_transfer);
    return conflict("transfer_required",
                    "Ownership passes by an offer that the other person accepts.");
  }
  if (!policy::may_change(own, target.role, to)) return out_of_reach(Action::org_members_manage);
  if (self && to < target.role && !change.confirmed)
    return confirmation_required(" in the organization");
  const Time now = stores.clock.now();
  KS_TRY(const bool set, stores.members.set_role(tx, may_manage, target.user, to, now));
  if (!set) return not_found();
  KS_CHECK(stores.members.touch(tx, may_manage, target.user));
  if (to < target.role) {
    KS_CHECK(recheck_invitations_of(tx, stores, may_manage, target.user));
    // What only administrators are told.
    for (const char* about :
         {"invitation_wanted", "seat_limit", "access_review", "limit_reached", "plan_changed"})
      KS_CHECK(stores.outbox.cancel_to(tx, may_manage, target.user, {about, ""}));
  }
  KS_CHECK(stores.journal.record(
      tx, may_manage,
      Deed{Action::org_members_manage, "member", target.user.str(),
           Json::object({{"before", Json::object({{"org_role", name(target.role)}})},
                         {"after", Json::object({{"org_role", name(to)}})}})},
      Change{"member", target.user.str(), std::nullopt}, now));
  KS_TRY(auto changed, stores.members.find(tx, may_read, PersonRef{target.user, {}}));
  if (!changed) return not_found();
  return std::move(*changed);
}

}  // namespace ks::app
