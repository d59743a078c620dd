#include "api/api.hpp"
#include "api/fields.hpp"
#include "api/lists.hpp"
#include "api/people/invitation_json.hpp"
#include "api/router.hpp"
#include "app/invitations/changes.hpp"

namespace ks::api {

namespace {

Reply show(const app::InvitationView& view, const TenantScope& scope) {
  Reply reply;
  reply.body = present(view, scope);
  reply.version = view.invitation.version;
  return reply;
}

// A stale version comes with what is there now.
std::unexpected<Error> explained(Error error, Tx& tx, const TenantScope& scope,
                                 const Services& services, std::string_view id) {
  if (error.problem != "stale_version") return std::unexpected(std::move(error));
  const auto now = app::invitation(tx, services.stores, scope, id);
  if (!now) return std::unexpected(now.error());
  error.current = present(*now, scope).dump();
  return std::unexpected(std::move(error));
}

Result<std::optional<InvitationState>> state_in_query(const http::Request& request) {
  const auto given = request.query_value("state");
  if (!given) return std::optional(InvitationState::pending);
  if (*given == "all") return std::optional<InvitationState>();
  const auto state = invitation_state(*given);
  if (!state)
    return invalid(
        {Fault{"?state", "must be pending, accepted, declined, revoked, expired or all"}});
  return state;
}

}  // namespace

void mount_invitations(Router& router, Services& services) {
  constexpr std::string_view kMany = "/api/v1/orgs/{org}/invitations";
  constexpr std::string_view kOne = "/api/v1/orgs/{org}/invitations/{invitation}";

  // A right in one team is enough for all of these, so no one action stands for them: the use cases
  // ask for either.
  router.get<Member>(
      kMany,
      {.action = std::nullopt,
       .query = {"limit", "cursor", "state"},
       .deed = Action::org_invitations_read},
      [&services](Tx& tx, const TenantScope& scope, const Call& call) -> Result<Reply> {
        KS_CHECK(app::require_see_invitations(tx, services.stores, scope));
        KS_TRY(const auto state, state_in_query(call.request));
        const std::string list =
            "invitations/" + scope.org().str() + "?" + std::string(state ? name(*state) : "all");
        KS_TRY(const PageRequest wanted, services.cursors.page(call.request, list));
        KS_TRY(const auto page, app::invitations(tx, services.stores, scope, state, wanted));
        return list_reply(page, services.cursors, list,
                          [&](const app::InvitationView& view) { return present(view, scope); });
      });

  router.post<Member>(
      kMany,
      {.action = std::nullopt,
       .body = Body::json,
       .creates = true,
       .may_still = [&services](Tx& tx, const TenantScope& scope) -> Result<void> {
         KS_CHECK(app::require_invite(tx, services.stores, scope));
         return {};
       },
       .deed = Action::org_invitations_manage,
       .priced_by = "invitations"},
      [&services](Tx& tx, const TenantScope& scope, const Call& call) -> Result<Reply> {
        KS_CHECK(app::require_invite(tx, services.stores, scope));
        KS_TRY(const InviteBody body, invite_body(tx, services.stores, scope, call.body));
        KS_TRY(const auto invited,
               app::invite(tx, services.stores, scope, body.wanted, body.life_days));
        Json results = Json::array();
        for (std::size_t i = 0; i < invited.size(); ++i)
          results.push(present(body.wanted[i].email, invited[i], scope));
        Reply reply;
        reply.body = Json::object({{"results", std::move(results)}});
        return reply;
      });

  router.get<Member>(
      kOne, {.deed = Action::org_invitations_read},
      [&services](Tx& tx, const TenantScope& scope, const Call& call) -> Result<Reply> {
        KS_TRY(const auto view,
               app::invitation(tx, services.stores, scope, call.param("invitation")));
        return show(view, scope);
      });

  router.patch<Member>(
      kOne, {.action = std::nullopt, .body = Body::json, .deed = Action::org_invitations_manage},
      [&services](Tx& tx, const TenantScope& scope, const Call& call) -> Result<Reply> {
        KS_CHECK(app::require_invite(tx, services.stores, scope));
        KS_TRY(const auto patch, invitation_patch(tx, services.stores, scope, call.body));
        auto view = app::change_invitation(tx, services.stores, scope, call.param("invitation"),
                                           patch, call.if_match());
        if (!view)
          return explained(std::move(view).error(), tx, scope, services, call.param("invitation"));
        return show(*view, scope);
      });

  router.del<Member>(
      kOne, {.deed = Action::org_invitations_manage},
      [&services](Tx& tx, const TenantScope& scope, const Call& call) -> Result<Reply> {
        auto revoked = app::revoke_invitation(tx, services.stores, scope, call.param("invitation"),
                                              call.if_match());
        if (!revoked)
          return explained(std::move(revoked).error(), tx, scope, services,
                           call.param("invitation"));
        Reply reply;
        reply.status = 204;
        return reply;
      });

  router.post<Member>(
      "/api/v1/orgs/{org}/invitations/{invitation}/resend",
      {.action = std::nullopt, .body = Body::optional_json, .deed = Action::org_invitations_manage},
      [&services](Tx& tx, const TenantScope& scope, const Call& call) -> Result<Reply> {
        KS_CHECK(app::require_invite(tx, services.stores, scope));
        Fields fields(call.body, {});
        KS_CHECK(fields.done());
        KS_TRY(const auto view,
               app::resend_invitation(tx, services.stores, scope, call.param("invitation")));
        return show(view, scope);
      });
}

}  // namespace ks::api
