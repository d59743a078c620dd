#include "app/removal.hpp"

#include <algorithm>
#include <array>

#include "app/invitations/revocation.hpp"
#include "app/members.hpp"
#include "app/organizations.hpp"
#include "app/ownership.hpp"
#include "app/plans.hpp"
#include "authz/grants.hpp"

namespace ks::app {

namespace {

Result<std::int64_t> count_teams(Tx&, const Stores&, const Leaving& leaving) {
  return static_cast<std::int64_t>(leaving.member.teams.size());
}
Result<std::int64_t> count_deployments(Tx& tx, const Stores& stores, const Leaving& leaving) {
  return stores.removals.count_deployments(tx, leaving.may);
}
Result<std::int64_t> count_offers(Tx& tx, const Stores& stores, const Leaving& leaving) {
  return stores.ownership.count_of(tx, leaving.may.permit(), leaving.member.user,
                                   stores.clock.now());
}
// The owner is told of an offer that ends without their doing.
Result<void> cancel_offers(Tx& tx, const Stores& stores, const Leaving& leaving) {
  const AnyPermit& permit = leaving.may.permit();
  const auto actor = permit.scope().actor();
  const bool left = leaving.member.user == actor;
  KS_TRY(const auto ended,
         cancel_offers_of(tx, stores, permit, leaving.member.user,
                          left ? CancelledFor::recipient_left : CancelledFor::recipient_removed));
  if (!ended || ended->from == actor) return {};
  KS_TRY(const auto owner, stores.ownership.owner(tx, permit));
  const auto to = EmailAddress::parse(owner ? owner->email : "");
  if (!to || owner->user != ended->from) return {};
  KS_TRY(MailOrg org, mail_org(tx, stores, permit.scope()));
  return stores.outbox.queue(tx, permit,
                             Mail{*to, mails::OwnershipEnded{std::move(org), leaving.member.name},
                                  MailSubject{"ownership_offer", ended->id.str()}});
}
Result<std::int64_t> count_invitations(Tx& tx, const Stores& stores, const Leaving& leaving) {
  KS_TRY(const auto pending,
         stores.invitations.pending_of(tx, leaving.may.permit(), leaving.member.user));
  return static_cast<std::int64_t>(pending.size());
}
Result<void> revoke_invitations(Tx& tx, const Stores& stores, const Leaving& leaving) {
  return revoke_invitations_of_leaving(tx, stores, leaving.may.permit(), leaving.member.user);
}
Result<void> cancel_mails(Tx& tx, const Stores& stores, const Leaving& leaving) {
  KS_CHECK(stores.outbox.cancel_to(tx, leaving.may.permit(), leaving.member.user));
  return {};
}
Result<std::int64_t> one(Tx&, const Stores&, const Leaving&) { return 1; }

Result<void> remember(Tx& tx, const Stores& stores, const Leaving& leaving) {
  const MemberRow& member = leaving.member;
  return stores.removals.remember(
      tx, leaving.may,
      FormerMember{member.user, member.role, member.teams, stores.clock.now(), member.email,
                   member.user == leaving.may.permit().scope().actor()});
}

Result<void> free_seat(Tx& tx, const Stores& stores, const Leaving& leaving) {
  Usage seat;
  seat.members = -1;
  return charge(tx, stores, leaving.may.permit(), seat);
}

constexpr std::array kEffects = {
    RemovalEffect{"streams", "closed",
                  "Open event streams of this organization end within 5 seconds.", nullptr,
                  nullptr},
    RemovalEffect{
        "deployments", "kept",
        "What the person deployed belongs to its team and goes on; their name stays on it.",
        count_deployments, nullptr},
    RemovalEffect{"invitations", "revoked",
                  "What they gave with invitations that are pending is taken back.",
                  count_invitations, revoke_invitations},
    RemovalEffect{"ownership_offers", "cancelled",
                  "An open offer of ownership to them is withdrawn.", count_offers, cancel_offers},
    RemovalEffect{"mails", "cancelled",
                  "What the organization told them and has not left yet is not sent any more.",
                  nullptr, cancel_mails},
    RemovalEffect{"team_roles", "removed",
                  "Roles in teams end; within 90 days they can be given back.", count_teams,
                  remember},
    RemovalEffect{"seats", "freed", "The seat can be given to somebody else at once.", one,
                  free_seat},
};

Json roles_json(const MemberRow& member) {
  Json teams = Json::array();
  for (const MemberRow::InTeam& team : member.teams)
    teams.push(Json::object({{"team", team.team.text()}, {"role", name(team.role)}}));
  return Json::object({{"org_role", name(member.role)}, {"teams", std::move(teams)}});
}

// Who went by themselves knows.
Result<void> tell(Tx& tx, const Stores& stores, const Leaving& leaving) {
  const TenantScope& scope = leaving.may.permit().scope();
  const auto to = EmailAddress::parse(leaving.member.email);
  if (leaving.member.user == scope.actor() || !to) return {};
  KS_TRY(MailOrg org, mail_org(tx, stores, scope));
  return stores.outbox.queue(tx, leaving.may.permit(),
                             Mail{*to, mails::MemberRemoved{std::move(org)},
                                  MailSubject{"member", leaving.member.user.str()}});
}

// Nobody is put back without being told: not even where they were told so often today that no more
// is sent.
Result<void> check_told_back(Tx& tx, const Stores& stores,
                             const Permit<Action::org_members_manage, Org>& may,
                             const UserId& user) {
  KS_TRY(const bool enough, stores.outbox.told_enough(tx, may, user, "member_reinstated"));
  if (!enough) return {};
  return too_many("The person was taken out and put back too often today.", hours(1));
}

Result<void> tell_back(Tx& tx, const Stores& stores,
                       const Permit<Action::org_members_manage, Org>& may, const MemberRow& back) {
  const TenantScope& scope = may.scope();
  const auto to = EmailAddress::parse(back.email);
  if (!to) return {};
  KS_TRY(MailOrg org, mail_org(tx, stores, scope));
  KS_TRY(const auto may_read, stores.authorizer.require<Action::org_members_read>(scope));
  std::optional<MemberRow> by;
  if (scope.actor()) {
    KS_TRY(by, stores.members.find(tx, may_read, PersonRef{*scope.actor(), {}}));
  }
  return stores.outbox.queue(tx, may,
                             Mail{*to, mails::MemberReinstated{std::move(org), by ? by->name : ""},
                                  MailSubject{"member", back.user.str()}});
}

// Under the lock of hold_members.
Result<void> end(Tx& tx, const Stores& stores, const Leaving& leaving) {
  const AnyPermit& permit = leaving.may.permit();
  const UserId& user = leaving.member.user;
  KS_CHECK(stores.members.touch(tx, permit, user));
  for (const RemovalEffect& effect : removal_effects())
    if (effect.apply != nullptr) KS_CHECK(effect.apply(tx, stores, leaving));
  KS_TRY(const bool removed, stores.removals.remove(tx, leaving.may));
  if (!removed) return not_found();
  KS_CHECK(tell(tx, stores, leaving));
  const bool left = user == permit.scope().actor();
  Deed deed{
      Action::org_members_manage, "member", user.str(),
      Json::object({{"before", roles_json(leaving.member)}, {"after", Json()}, {"left", left}})};
  deed.open_while_suspended = left;
  return stores.journal.record(tx, permit, deed, Change{"member", user.str(), std::nullopt},
                               stores.clock.now());
}

// The member whom the caller may remove.
Result<Leaving> removable(Tx& tx, const Stores& stores,
                          const Permit<Action::org_members_manage, Org>& may,
                          const PersonRef& person) {
  KS_TRY(const auto may_read, stores.authorizer.require<Action::org_members_read>(may.scope()));
  KS_TRY(auto found, stores.members.find(tx, may_read, person));
  if (!found) return not_found();
  if (found->role == OrgRole::owner)
    return found->user == may.scope().actor() ? last_owner() : out_of_reach(Action::org_transfer);
  if (!policy::may_remove(may.scope().standing(), found->role))
    return out_of_reach(Action::org_members_manage);
  return Leaving{MayRemove::member(may, found->user), std::move(*found)};
}

}  // namespace

std::span<const RemovalEffect> removal_effects() { return kEffects; }

Result<RemovalPreview> preview_removal(Tx& tx, const Stores& stores, const TenantScope& scope,
                                       const PersonRef& person) {
  KS_TRY(const auto may_manage, stores.authorizer.require<Action::org_members_manage>(scope));
  KS_TRY(const Leaving leaving, removable(tx, stores, may_manage, person));
  RemovalPreview out{leaving.member, {}};
  for (const RemovalEffect& effect : removal_effects()) {
    RemovalPreview::Item item{&effect, std::nullopt};
    if (effect.count != nullptr) {
      KS_TRY(item.count, effect.count(tx, stores, leaving));
    }
    out.items.push_back(item);
  }
  return out;
}

Result<void> remove_member(Tx& tx, const Stores& stores, const TenantScope& scope,
                           const PersonRef& person, bool confirmed,
                           const std::optional<std::int64_t>& if_version) {
  KS_TRY(const auto may_manage, stores.authorizer.require<Action::org_members_manage>(scope));
  KS_CHECK(hold_members(tx, stores, may_manage));
  KS_TRY(const Leaving leaving, removable(tx, stores, may_manage, person));
  if (if_version && *if_version != leaving.member.version) return stale_version();
  if (leaving.member.user == scope.actor() && !confirmed)
    return confirmation_required(" in the organization to none");
  return end(tx, stores, leaving);
}

Result<void> leave(Tx& tx, const Stores& stores, const TenantScope& scope) {
  KS_TRY(const auto may_read, stores.authorizer.require<Action::org_read>(scope));
  KS_CHECK(hold_members(tx, stores, may_read));
  if (!policy::may_leave(scope.standing())) return last_owner();
  const MayRemove may = MayRemove::self(may_read);
  KS_TRY(auto found, stores.removals.find(tx, may));
  if (!found) return not_found();
  return end(tx, stores, Leaving{may, std::move(*found)});
}

std::unexpected<Error> not_removed_here(std::string why) {
  auto error = not_found();
  error.error().problem = "not_removed_here";
  error.error().message = std::move(why);
  return error;
}

Result<Reinstated> reinstate(Tx& tx, const Stores& stores, const TenantScope& scope,
                             const PersonRef& person) {
  KS_TRY(const auto may_read, stores.authorizer.require<Action::org_members_read>(scope));
  KS_TRY(const auto may_manage, stores.authorizer.require<Action::org_members_manage>(scope));
  KS_CHECK(hold_members(tx, stores, may_manage));
  std::vector<MemberRow::InTeam> left_out;
  KS_TRY(auto member, stores.members.find(tx, may_read, person));
  if (!member) {
    KS_TRY(const auto former,
           stores.removals.find_former(tx, may_manage, person, stores.clock.now() - kReinstatable));
    if (!former)
      return not_removed_here(
          "user: nobody with this id or address was removed from the organization in the last 90 "
          "days. Look for a typing error; the address is the one that the person had then. "
          "Otherwise invite the person.");
    if (former->own_will || former->moved)
      return conflict("invitation_required",
                      "The person left by themselves, or has another address than they had, and "
                      "comes back only by an invitation.");
    if (!policy::may_grant(scope.standing(), former->role))
      return out_of_reach(Action::org_members_manage);
    KS_CHECK(check_told_back(tx, stores, may_manage, former->user));
    Joining joining{former->user, former->role, {}, Joining::Seat::take, true};
    for (const MemberRow::InTeam& team : former->teams)
      joining.teams.push_back({team.team, team.role, std::nullopt});
    KS_TRY(const Joined joined, join(tx, stores, may_manage, joining));
    for (const MemberRow::InTeam& team : former->teams)
      if (std::ranges::find(joined.vanished, team.team) != joined.vanished.end())
        left_out.push_back(team);
    KS_TRY(member, stores.members.find(tx, may_read, PersonRef{former->user, {}}));
    if (!member) return not_found();
    KS_CHECK(tell_back(tx, stores, may_manage, *member));
  }
  return Reinstated{std::move(*member), std::move(left_out)};
}

}  // namespace ks::app
