#include "app/invitations/invite.hpp"

#include <fmt/format.h>

#include "app/audited.hpp"
#include "app/invitations/allowance.hpp"
#include "app/invitations/revocation.hpp"
#include "app/limit_notice.hpp"
#include "app/members.hpp"
#include "app/organizations.hpp"
#include "app/plans.hpp"
#include "authz/grants.hpp"
#include "domain/people/invitation_token.hpp"

namespace ks::app {

namespace {

class Inviting {
 public:
  Inviting(Tx& tx, const Stores& stores, const TenantScope& scope, const MayInvite& may,
           int life_days, InvitationAllowance allowance)
      : tx_(tx),
        stores_(stores),
        scope_(scope),
        may_(may),
        life_days_(life_days),
        allowance_(allowance) {}

  Result<Invited> one(const Wanted& wanted) {
    const auto address = EmailAddress::parse(wanted.email);
    if (!address) return Invited{InviteResult::invalid_address, address.error().message};
    const std::string email = address->key();
    KS_TRY(const auto member, stores_.invitations.find_member(tx_, may_, email));
    if (member) return add(*member, wanted);
    KS_TRY(const auto pending, stores_.invitations.find_pending(tx_, may_.permit(), email));
    if (pending) return update(*pending, wanted);
    return create(email, wanted);
  }

  // The limit that somebody found no seat by; none when all found one.
  const std::optional<LimitDetail>& full() const { return full_; }

 private:
  // A member is put into the teams at once; what they have already stays.
  Result<Invited> add(const UserId& user, const Wanted& wanted) {
    bool added = false;
    for (const Wanted::InTeam& in : wanted.teams) {
      KS_TRY(const auto may_manage,
             stores_.authorizer.require<Action::members_manage>(tx_, scope_, in.team));
      if (!policy::may_grant(scope_.standing(), in.team, in.role))
        return out_of_reach(Action::members_manage);
      KS_TRY(const auto whom, stores_.members.find_candidate(tx_, may_manage, PersonRef{user, {}}));
      if (!whom || whom->role) continue;
      KS_CHECK(stores_.members.set(tx_, may_manage, user, in.role, stores_.clock.now()));
      KS_CHECK(stores_.members.touch(tx_, may_manage, user));
      KS_CHECK(stores_.journal.record(
          tx_, may_manage,
          Deed{Action::members_manage, "member", user.str(),
               Json::object({{"team", in.team.text()},
                             {"before", Json::object({{"role", Json()}})},
                             {"after", Json::object({{"role", name(in.role)}})}})},
          Change{"team_member", user.str(), in.team}, stores_.clock.now()));
      KS_CHECK(tell_added(may_manage, whom->email));
      added = true;
    }
    if (added) return Invited{InviteResult::added, {}};
    return Invited{InviteResult::already_member,
                   "The person is a member with all of this already."};
  }

  Result<void> tell_added(const Permit<Action::members_manage, Team>& may_manage,
                          const std::string& email) {
    const auto to = EmailAddress::parse(email);
    if (!to) return {};
    KS_TRY(const auto may_read,
           stores_.authorizer.require<Action::team_read>(tx_, scope_, may_manage.id()));
    KS_TRY(const TeamRow team, stores_.teams.get(tx_, may_read));
    KS_TRY(const auto by,
           stores_.members.find_candidate(tx_, may_manage, PersonRef{scope_.actor(), {}}));
    KS_TRY(MailOrg org, mail_org(tx_, stores_, scope_));
    return stores_.outbox.queue(
        tx_, may_manage,
        Mail{*to, mails::TeamAdded{std::move(org), team.name, by ? by->name : ""},
             MailSubject{"team_member", team.id.str()}});
  }

  Result<Invited> update(const InvitationId& id, const Wanted& wanted) {
    KS_TRY(const auto found, stores_.invitations.find(tx_, may_.permit(), id));
    if (!found) return bug("a pending invitation is gone under its lock");
    Invitation pending = *found;
    bool more = false;
    for (const Wanted::InTeam& in : wanted.teams) {
      if (pending.part(in.team) != nullptr) continue;
      KS_TRY(const bool set, set_part(id, in));
      more = more || set;
    }
    if (may_.whole() && !pending.org_wide &&
        (wanted.teams.empty() || wanted.role != pending.role)) {
      pending.org_wide = true;
      pending.role = wanted.role;
      pending.by = *scope_.actor();
      more = true;
    }
    if (more) {
      KS_CHECK(stores_.invitations.set(tx_, may_.permit(), pending));
      KS_TRY(const auto now, stores_.invitations.find(tx_, may_.permit(), id));
      if (!now) return bug("a pending invitation is gone under its lock");
      KS_CHECK(record_invitation(tx_, stores_, may_.permit(), *now, became(*found, *now)));
    }
    KS_TRY(auto view, viewed(id));
    if (more) return Invited{InviteResult::updated, {}, std::move(view)};
    return Invited{InviteResult::already_invited,
                   "There is an invitation with all of this, or with other roles; change that one.",
                   std::move(view)};
  }

  Result<Invited> create(const std::string& email, const Wanted& wanted) {
    const Time now = stores_.clock.now();
    KS_TRY(const auto before, stores_.invitations.last_sent(tx_, may_, email, now - kResendDay));
    const auto sending = first_sending(before, now);
    if (!sending)
      return Invited{InviteResult::already_invited,
                     "The address was asked several times today; wait a day."};
    if (allowance_.spent()) return Invited{InviteResult::mail_limit, allowance_.message()};
    Usage seat;
    seat.members = 1;
    if (auto fits = charge(tx_, stores_, may_.permit(), seat); !fits) {
      if (fits.error().problem != "plan_limit_reached")
        return std::unexpected(std::move(fits).error());
      full_ = fits.error().limit;
      return Invited{InviteResult::seat_limit, fits.error().message};
    }
    KS_TRY(const EmailAddress to, EmailAddress::parse(email));
    KS_TRY(const auto again, stores_.outbox.count_invitation(tx_, may_.permit(), to));
    if (again) {
      KS_CHECK(give_back_seats(tx_, stores_, may_.permit(), 1));
      return Invited{InviteResult::mail_limit, invited_too_often(*again - now)};
    }
    allowance_.take();
    return create_with(Invitation{InvitationId::make(stores_.clock, stores_.random),
                                  email,
                                  wanted.role,
                                  may_.whole(),
                                  InvitationState::pending,
                                  {},
                                  *scope_.actor(),
                                  {},
                                  {},
                                  std::nullopt,
                                  1,
                                  life_days_,
                                  now,
                                  now + days(life_days_),
                                  *sending,
                                  std::nullopt,
                                  {},
                                  std::nullopt,
                                  {}},
                       wanted);
  }

  Result<Invited> create_with(const Invitation& fresh, const Wanted& wanted) {
    const InvitationToken token = InvitationToken::make(scope_.org(), stores_.random);
    KS_TRY(const bool made_one,
           stores_.invitations.create(tx_, may_, fresh, wanted.locale, token.hash()));
    if (!made_one) return conflict("busy", "The address was invited just now; try again.");
    for (const Wanted::InTeam& in : wanted.teams) KS_CHECK(set_part(fresh.id, in));
    KS_TRY(const auto made, stores_.invitations.find(tx_, may_.permit(), fresh.id));
    if (!made) return bug("an invitation is gone in the transaction that made it");
    KS_CHECK(record_invitation(
        tx_, stores_, may_.permit(), *made,
        created(Action::org_invitations_manage, {"invitation", made->id.str()}, facts(*made))));
    KS_CHECK(send_invitation(tx_, stores_, scope_, may_, *made, token.text()));
    KS_TRY(auto view, viewed(fresh.id));
    return Invited{InviteResult::invited, {}, std::move(view)};
  }

  Result<bool> set_part(const InvitationId& id, const Wanted::InTeam& in) {
    return stores_.invitations.set_part(
        tx_, may_, id, Invitation::Part{in.team, in.role, *scope_.actor(), {}, {}, {}, {}, false});
  }

  Result<InvitationView> viewed(const InvitationId& id) {
    KS_TRY(auto found, stores_.invitations.find(tx_, may_.permit(), id));
    if (!found) return bug("an invitation is gone in the transaction that holds it");
    return view_of(std::move(*found), may_);
  }

  Tx& tx_;
  const Stores& stores_;
  const TenantScope& scope_;
  const MayInvite& may_;
  int life_days_;
  InvitationAllowance allowance_;
  std::optional<LimitDetail> full_;
};

Result<void> check_reach(const TenantScope& scope, const MayInvite& may,
                         const std::vector<Wanted>& wanted) {
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    std::vector<policy::TeamGrant> teams;
    for (const Wanted::InTeam& in : wanted[i].teams) teams.push_back({in.team, in.role});
    if (policy::may_invite(scope.standing(), wanted[i].role, teams)) continue;
    auto refused =
        out_of_reach(may.whole() ? Action::org_invitations_manage : Action::invitations_manage);
    refused.error().faults.push_back(
        {fmt::format("/invitations/{}", i), "asks for more than you may give"});
    return refused;
  }
  return {};
}

}  // namespace

std::string_view name(InviteResult result) {
  switch (result) {
    case InviteResult::invited:
      return "invited";
    case InviteResult::updated:
      return "updated";
    case InviteResult::added:
      return "added";
    case InviteResult::already_member:
      return "already_member";
    case InviteResult::already_invited:
      return "already_invited";
    case InviteResult::invalid_address:
      return "invalid_address";
    case InviteResult::seat_limit:
      return "seat_limit";
    case InviteResult::mail_limit:
      return "mail_limit";
  }
  assertion_failed("known result", __FILE__, __LINE__);
}

Result<void> send_invitation(Tx& tx, const Stores& stores, const TenantScope& scope,
                             const MayInvite& may, const Invitation& invitation,
                             const std::string& token) {
  KS_TRY(const EmailAddress to, EmailAddress::parse(invitation.email));
  KS_TRY(const auto may_read, stores.authorizer.require<Action::org_read>(scope));
  KS_TRY(const Organization org, stores.organizations.get(tx, may_read));
  std::vector<std::string> teams;
  for (const Invitation::Part& part : invitation.parts)
    if (!part.gone) teams.push_back(part.name);
  return stores.outbox.queue(
      tx, may.permit(),
      Mail{to,
           mails::Invitation{MailOrg{org.name, org.slug}, invitation.by_name, invitation.role,
                             std::move(teams), LinkToken(token), invitation.expires_at},
           about(invitation), invitation.locale});
}

Result<std::vector<Invited>> invite(Tx& tx, const Stores& stores, const TenantScope& scope,
                                    const std::vector<Wanted>& wanted, int life_days) {
  KS_TRY(const MayInvite may, require_invite(tx, stores, scope));
  KS_CHECK(check_reach(scope, may, wanted));
  KS_CHECK(hold_for(tx, stores, may));
  KS_CHECK(expire_invitations(tx, stores, may.permit()));
  KS_TRY(const auto allowance, InvitationAllowance::find(tx, stores, scope, may));
  Inviting inviting(tx, stores, scope, may, life_days, allowance);
  std::vector<Invited> out;
  out.reserve(wanted.size());
  for (const Wanted& one : wanted) {
    KS_TRY(auto invited, inviting.one(one));
    out.push_back(std::move(invited));
  }
  // The request as a whole is not refused, so nobody after it tells.
  if (inviting.full()) KS_CHECK(limit_notice(tx, stores, scope, *inviting.full()));
  return out;
}

Result<Page<InvitationView>> invitations(Tx& tx, const Stores& stores, const TenantScope& scope,
                                         const std::optional<InvitationState>& state,
                                         const PageRequest& page) {
  KS_TRY(const MaySeeInvitations may, require_see_invitations(tx, stores, scope));
  const Time now = stores.clock.now();
  KS_TRY(auto found, stores.invitations.list(tx, may, state, page, now));
  Page<InvitationView> out;
  out.next = std::move(found.next);
  for (Invitation& one : found.items) {
    one.state = one.state_at(now);
    out.items.push_back(view_of(std::move(one), may));
  }
  return out;
}

Result<InvitationView> invitation(Tx& tx, const Stores& stores, const TenantScope& scope,
                                  std::string_view id_text) {
  KS_TRY(const MaySeeInvitations may, require_see_invitations(tx, stores, scope));
  const auto id = InvitationId::parse(id_text);
  if (!id) return not_found();
  KS_TRY(auto found, stores.invitations.find(tx, may.permit(), *id));
  if (!found || !may.over_any_of(*found)) return not_found();
  found->state = found->state_at(stores.clock.now());
  return view_of(std::move(*found), may);
}

}  // namespace ks::app
