#include "app/invitations/rights.hpp"

#include "app/members.hpp"
#include "authz/policy.hpp"

namespace ks::app {

namespace {

// The roles that may, in the organization or in a team of it.
std::unexpected<Error> denied(const TenantScope& scope, Action on_org, Action on_team,
                              const Authorizer& authorizer) {
  auto refused = authorizer.check(scope, on_org);
  if (refused) return bug("somebody with a right was refused");
  if (refused.error().denial)
    refused.error().denial->roles = policy::roles_with(on_team, scope.standing());
  return std::unexpected(std::move(refused).error());
}

template <Action OnOrg, Action OnTeam>
Result<InvitationRight<OnOrg, OnTeam>> require_either(Tx& tx, const Stores& stores,
                                                      const TenantScope& scope) {
  using Right = InvitationRight<OnOrg, OnTeam>;
  const Standing& own = scope.standing();
  if (policy::allows_on_org(own, OnOrg) || policy::is_held_up_on_org(own, OnOrg)) {
    KS_TRY(const auto permit, stores.authorizer.require<OnOrg>(scope));
    return Right(permit);
  }
  std::optional<Right> right;
  for (const Standing::InTeam& in : own.teams) {
    if (!policy::allows_on_team(own, in.team, OnTeam) &&
        !policy::is_held_up_on_team(own, in.team, OnTeam))
      continue;
    KS_TRY(const auto permit, stores.authorizer.require<OnTeam>(tx, scope, in.team));
    if (right)
      right->also(permit);
    else
      right.emplace(permit);
  }
  if (!right) return denied(scope, OnOrg, OnTeam, stores.authorizer);
  return std::move(*right);
}

template <class Right>
InvitationView cut(Invitation invitation, const Right& may) {
  if (may.whole()) return {std::move(invitation), true};
  std::erase_if(invitation.parts,
                [&](const Invitation::Part& part) { return !may.over(part.team); });
  // Who gave the rest, and what that is, is not theirs to know.
  invitation.role = OrgRole::member;
  if (!invitation.parts.empty()) {
    invitation.by = invitation.parts.front().by;
    invitation.by_name = invitation.parts.front().by_name;
  }
  return {std::move(invitation), false};
}

}  // namespace

Result<MayInvite> require_invite(Tx& tx, const Stores& stores, const TenantScope& scope) {
  return require_either<Action::org_invitations_manage, Action::invitations_manage>(tx, stores,
                                                                                    scope);
}

Result<MaySeeInvitations> require_see_invitations(Tx& tx, const Stores& stores,
                                                  const TenantScope& scope) {
  return require_either<Action::org_invitations_read, Action::invitations_read>(tx, stores, scope);
}

Result<void> hold_for(Tx& tx, const Stores& stores, const MayInvite& may) {
  if (may.whole()) return hold_members(tx, stores, may.permit());
  for (const TeamId& team : may.teams()) KS_CHECK(hold_members(tx, stores, may.permit(), team));
  return {};
}

InvitationView view_of(Invitation invitation, const MayInvite& may) {
  return cut(std::move(invitation), may);
}
InvitationView view_of(Invitation invitation, const MaySeeInvitations& may) {
  return cut(std::move(invitation), may);
}

Result<Invitation> visible_invitation(Tx& tx, const Stores& stores, const MayInvite& may,
                                      std::string_view id_text) {
  const auto id = InvitationId::parse(id_text);
  if (!id) return not_found();
  KS_TRY(auto found, stores.invitations.find(tx, may.permit(), *id));
  if (!found || !may.over_any_of(*found)) return not_found();
  return std::move(*found);
}

}  // namespace ks::app
