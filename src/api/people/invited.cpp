// What somebody does who was invited.
#include "api/api.hpp"
#include "api/fields.hpp"
#include "api/me/me.hpp"
#include "api/people/arrival.hpp"
#include "api/router.hpp"

namespace ks::api {

namespace {

Result<std::string> token_of(const Call& call) {
  Fields fields(call.body, {"token"});
  std::string token = fields.required_text("token");
  KS_CHECK(fields.done());
  return token;
}

// Who is signed in, if anybody: a session that has ended is nobody's.
Result<std::optional<Caller>> signed_in(const Services& services, const ClientScope& client,
                                        const Call& call) {
  const auto session = services.cookie.find(call.request.headers.get("Cookie"));
  if (!session) return std::optional<Caller>();
  auto caller = services.sessions.load(client, *session, trail_of(call));
  if (caller) return std::optional(std::move(*caller));
  if (caller.error().problem == "unauthenticated") return std::optional<Caller>();
  return std::unexpected(std::move(caller).error());
}

// Who answers an invitation. Read in the transaction of the answer: a session that ended while the
// request was on its way is nobody's there either, and what is left is the link.
struct Answering {
  TenantScope invited;
  std::optional<app::Guest> guest;
};
Result<Answering> answering(Tx& tx, const Services& services, const ClientScope& client,
                            const Call& call, const InvitationToken& token) {
  const auto trail = trail_of(call);
  if (const auto session = services.cookie.find(call.request.headers.get("Cookie"))) {
    const auto caller = services.sessions.load_in(tx, client, *session, trail);
    if (caller)
      return Answering{SessionGate::invited(caller->person(), token.org()),
                       app::Guest{caller->user().email, caller->user().name}};
    if (caller.error().problem != "unauthenticated") return std::unexpected(caller.error());
  }
  return Answering{SessionGate::invited(client, token.org(), trail), std::nullopt};
}

// What the page offers; see the contract.
std::string_view next_step(const app::LookedUp& found, const std::optional<Caller>& caller,
                           bool anothers) {
  if (found.state == InvitationState::accepted) return "open";
  if (found.state == InvitationState::expired) return "ask";
  if (!caller) return found.has_account ? "log_in" : "sign_up";
  return anothers ? "switch_account" : "accept";
}

Json look_up_json(const app::LookedUp& found, const std::optional<Caller>& caller) {
  const Invitation& i = found.invitation;
  const bool anothers = caller && caller->user().email != i.email;
  // An expired link names organization and inviter, and somebody else's invitation is theirs.
  const bool open = found.state != InvitationState::expired && !anothers;
  Json teams = Json::array();
  if (open)
    for (const Invitation::Part& part : i.parts)
      if (!part.gone)
        teams.push(Json::object(
            {{"name", part.name}, {"description", part.description}, {"role", name(part.role)}}));
  const auto address = EmailAddress::parse(i.email);
  const std::string masked = address ? address->masked() : "***";
  return Json::object(
      {{"state", name(found.state)},
       {"next", next_step(found, caller, anothers)},
       {"organization",
        Json::object(
            {{"name", found.org.name},
             {"slug", found.state == InvitationState::accepted ? Json(found.org.slug) : Json()}})},
       {"invited_by", Json::object({{"name", i.by_name.empty() ? Json() : Json(i.by_name)}})},
       {"email", anothers ? masked : i.email},
       {"org_role", open ? Json(name(i.role)) : Json()},
       {"teams", std::move(teams)},
       {"expires_at", rfc3339(i.expires_at)},
       {"signed_in",
        caller ? Json::object({{"email", caller->user().email}, {"name", caller->user().name}})
               : Json()}});
}

}  // namespace

void mount_invited(Router& router, Services& services) {
  router.post<Anyone>(
      "/api/v1/invitations/lookup", {std::nullopt, Body::json},
      [&services](const ClientScope& client, const Call& call) -> Result<Reply> {
        KS_TRY(const std::string text, token_of(call));
        const auto trail = trail_of(call);
        KS_TRY(const InvitationToken token, known_token(services, client, *trail, text));
        KS_TRY(const auto caller, signed_in(services, client, call));
        const TenantScope invited = caller ? SessionGate::invited(caller->person(), token.org())
                                           : SessionGate::invited(client, token.org(), trail);
        KS_TRY(const auto found, services.db.read([&](Tx& tx) {
          return app::look_up(tx, services.stores, invited, token);
        }));
        Reply reply;
        reply.body = look_up_json(found, caller);
        return reply;
      });

  router.post<Bearer>(
      "/api/v1/invitations/accept",
      {.action = std::nullopt, .body = Body::json, .deed = Action::invitation_answer},
      [&services](const ClientScope& client, const std::string& session, const Caller& caller,
                  const Call& call) -> Result<Reply> {
        KS_TRY(const std::string text, token_of(call));
        KS_TRY(const InvitationToken token,
               known_token(services, client, *caller.person().trail(), text));
        Reply reply;
        KS_TRY(reply.body, accept_as(services, client, session, caller, token));
        return reply;
      });

  router.post<Anyone>(
      "/api/v1/invitations/decline",
      {.action = std::nullopt, .body = Body::json, .deed = Action::invitation_answer},
      [&services](const ClientScope& client, const Call& call) -> Result<Reply> {
        KS_TRY(const std::string text, token_of(call));
        const auto trail = trail_of(call);
        KS_TRY(const InvitationToken token, known_token(services, client, *trail, text));
        // A link that is over is answered by the same look as above, and as fast; and whoever keeps
        // one takes no turn of the organization's writers with it.
        KS_TRY(const auto caller, signed_in(services, client, call));
        if (!caller)
          KS_CHECK(services.db.read([&](Tx& tx) {
            return app::look_up(tx, services.stores,
                                SessionGate::invited(client, token.org(), trail), token);
          }));
        KS_CHECK(services.db.write_for(token.org().text(), [&](Tx& tx) -> Result<void> {
          KS_TRY(const Answering by, answering(tx, services, client, call, token));
          return app::decline_invitation(tx, services.stores, by.invited, token, by.guest);
        }));
        Reply reply;
        reply.status = 204;
        return reply;
      });

  router.post<Anyone>(
      "/api/v1/invitations/ask",
      {.action = std::nullopt, .body = Body::json, .deed = Action::invitation_answer},
      [&services](const ClientScope& client, const Call& call) -> Result<Reply> {
        KS_TRY(const std::string text, token_of(call));
        const auto trail = trail_of(call);
        KS_TRY(const InvitationToken token, known_token(services, client, *trail, text));
        KS_CHECK(services.db.write_for(token.org().text(), [&](Tx& tx) -> Result<void> {
          KS_TRY(const Answering by, answering(tx, services, client, call, token));
          const auto email = by.guest ? std::optional(by.guest->email) : std::nullopt;
          return app::ask_for_invitation(tx, services.stores, by.invited, token, email);
        }));
        Reply reply;
        reply.status = 202;
        return reply;
      });
}

}  // namespace ks::api
