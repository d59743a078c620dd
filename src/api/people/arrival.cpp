#include "api/people/arrival.hpp"

#include <algorithm>

#include "api/me/me.hpp"
#include "base/log.hpp"

namespace ks::api {

namespace {

Json joined_json(const Caller& caller, const app::Accepted& accepted) {
  Json left_out = Json::array();
  for (const std::string& team : accepted.left_out)
    left_out.push(Json::object({{"team_name", team}}));
  Json organization;
  const auto& all = caller.memberships();
  const auto at = std::ranges::find(all, accepted.org, &Membership::id);
  if (at != all.end()) {
    Json teams = Json::array();
    for (const auto& team : at->teams)
      teams.push(Json::object({{"id", team.id.text()},
                               {"slug", team.slug},
                               {"name", team.name},
                               {"role", name(team.role)}}));
    organization = Json::object({{"id", at->id.text()},
                                 {"slug", at->slug},
                                 {"name", at->name},
                                 {"role", name(at->role)},
                                 {"teams", std::move(teams)}});
  }
  return Json::object({{"invitation", accepted.id.text()},
                       {"organization", std::move(organization)},
                       {"left_out", std::move(left_out)}});
}

// Joins, and writes down that the person reads the mail of the address: the token came from there.
Result<app::Accepted> accept_in(Tx& tx, const Services& services, const PersonScope& person,
                                const UserRow& user, const InvitationToken& token) {
  KS_TRY(app::Accepted accepted,
         app::accept_invitation(tx, services.stores, SessionGate::invited(person, token.org()),
                                token, app::Guest{user.email, user.name}));
  if (accepted.proves_address)
    KS_CHECK(services.accounts.address().prove(tx, person.client_scope(), user, *person.trail()));
  return accepted;
}

void tell_administrators(const Services& services, const ClientScope& client,
                         const SessionGate::TrailPtr& trail, const InvitationToken& token,
                         const Error& refused) {
  const TenantScope invited = SessionGate::invited(client, token.org(), trail);
  const auto told = services.db.write_for(token.org().text(), [&](Tx& tx) {
    return app::after_refused_accept(tx, services.stores, invited, token, refused);
  });
  if (!told)
    log::warn("administrators were not told that somebody found no seat",
              {{"problem", told.error().problem}});
}

}  // namespace

Result<InvitationToken> known_token(const Services& services, const ClientScope& client,
                                    const Trail& trail, std::string_view text) {
  const auto token = InvitationToken::parse(text);
  KS_CHECK(services.invitation_tries.check(client, trail, [&](Tx& tx) -> Result<bool> {
    if (!token) return false;
    const TenantScope invited =
        SessionGate::invited(client, token->org(), std::make_shared<const Trail>(trail));
    KS_TRY(const auto may, services.stores.authorizer.require<Action::invitation_answer>(invited));
    KS_TRY(const auto found, services.stores.invitations.find_by_token(tx, may, token->hash()));
    return found.has_value();
  }));
  return *token;
}

Result<Arrival> Arrival::of(const Services& services, const ClientScope& client, const Call& call,
                            std::string_view text, app::Used used) {
  const auto trail = trail_of(call);
  KS_TRY(InvitationToken token, known_token(services, client, *trail, text));
  const TenantScope invited = SessionGate::invited(client, token.org(), trail);
  KS_TRY(std::string address, services.db.read([&](Tx& tx) {
    return app::invited_address(tx, services.stores, invited, token, used);
  }));
  return Arrival(services, client, trail, std::move(token), std::move(address));
}

Founding Arrival::joining() {
  return [this](Tx& tx, const PersonScope& person, const TenantScope&,
                const UserRow& user) -> Result<void> {
    KS_TRY(accepted_, accept_in(tx, *services_, person, user, token_));
    return {};
  };
}

Result<Json> Arrival::joined(const SignedIn& in) const {
  KS_ASSERT(accepted_.has_value());
  KS_TRY(const Caller caller, services_->sessions.load(client_, in.token, trail_));
  return joined_json(caller, *accepted_);
}

std::unexpected<Error> Arrival::refused(Error error) const {
  tell_administrators(*services_, client_, trail_, token_, error);
  return std::unexpected(std::move(error));
}

Result<Json> accept_as(const Services& services, const ClientScope& client,
                       const std::string& session, const Caller& caller,
                       const InvitationToken& token) {
  const auto accepted =
      services.db.write_for(token.org().text(), [&](Tx& tx) -> Result<app::Accepted> {
        KS_TRY(const Caller now,
               services.sessions.load_in(tx, client, session, caller.person().trail()));
        return accept_in(tx, services, now.person(), now.user(), token);
      });
  if (!accepted) {
    tell_administrators(services, client, caller.person().trail(), token, accepted.error());
    return std::unexpected(accepted.error());
  }
  KS_TRY(const Caller joined, services.sessions.load(client, session, caller.person().trail()));
  return joined_json(joined, *accepted);
}

}  // namespace ks::api
