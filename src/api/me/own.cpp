#include "api/api.hpp"
#include "api/fields.hpp"
#include "api/me/me.hpp"
#include "api/present.hpp"
#include "api/router.hpp"
#include "identity/password.hpp"

namespace ks::api {

namespace {

Reply done(int status) {
  Reply reply;
  reply.status = status;
  return reply;
}

Json present(const OwnSessions::Item& item) {
  const OwnSession& session = item.session;
  return Json::object({{"id", session.id.text()},
                       {"current", item.current},
                       {"device", session.device},
                       {"network", session.network},
                       {"created_at", rfc3339(session.created_at)},
                       {"last_used_at", rfc3339(session.seen_at)},
                       {"expires_at", rfc3339(session.expires_at)}});
}

void mount_address(Router& router, Services& services) {
  router.post<Bearer>(
      "/api/v1/me/address",
      {.action = std::nullopt, .body = Body::json, .deed = account_actions::kAskAddress},
      [&services](const ClientScope& client, const std::string&, const Caller& caller,
                  const Call& call) -> Result<Reply> {
        Fields fields(call.body, {"email"});
        const std::string email = fields.required_text("email");
        KS_CHECK(fields.done(address_faults(email)));
        KS_CHECK(services.accounts.address().ask(client, caller, email));
        return done(202);
      });

  router.post<Anyone>(
      "/api/v1/auth/address",
      {.action = std::nullopt, .body = Body::json, .deed = account_actions::kAddress},
      [&services](const ClientScope& client, const Call& call) -> Result<Reply> {
        Fields fields(call.body, {"token"});
        const std::string token = fields.required_text("token");
        KS_CHECK(fields.done());
        const auto presented = services.cookie.find(call.request.headers.get("Cookie"));
        KS_CHECK(services.accounts.address().confirm(client, token, presented, trail_of(call)));
        return done(204);
      });

  router.post<Anyone>(
      "/api/v1/auth/address/restore",
      {.action = std::nullopt, .body = Body::json, .deed = account_actions::kRestoreAddress},
      [&services](const ClientScope& client, const Call& call) -> Result<Reply> {
        Fields fields(call.body, {"token", "password"});
        const std::string token = fields.required_text("token");
        const std::string password = fields.required_text("password");
        KS_CHECK(fields.done());
        KS_CHECK(services.accounts.address().restore(client, token, password, trail_of(call)));
        return done(204);
      });
}

void mount_profile(Router& router, Services& services) {
  router.patch<Person>(
      "/api/v1/me", {.action = std::nullopt, .body = Body::json, .deed = account_actions::kProfile},
      [&services](Tx& tx, const Caller& caller, const Call& call) -> Result<Reply> {
        Fields fields(call.body, {"name", "locale"});
        ProfilePatch patch;
        patch.name = fields.optional_text("name");
        patch.locale = fields.optional_locale("locale");
        KS_CHECK(fields.done(faults_of(patch)));
        KS_TRY(const UserRow user, services.accounts.profile().change(tx, caller, patch));
        Reply reply;
        reply.body = Json::object({{"user", api::present(user)}});
        return reply;
      });
}

}  // namespace

void mount_own_account(Router& router, Services& services) {
  mount_profile(router, services);
  mount_address(router, services);

  router.put<Bearer>(
      "/api/v1/me/password",
      {.action = std::nullopt, .body = Body::json, .deed = account_actions::kPassword},
      [&services](const ClientScope& client, const std::string& token, const Caller& caller,
                  const Call& call) -> Result<Reply> {
        Fields fields(call.body, {"password"});
        const std::string password = fields.required_text("password");
        std::vector<Fault> faults;
        if (const auto good = check_password(password); !good)
          faults.push_back({"/password", good.error().message});
        KS_CHECK(fields.done(faults));
        KS_TRY(auto renewed,
               services.accounts.sessions().change_password(client, caller, token, password));
        return signed_in(services, 200, {std::move(renewed.user), std::move(renewed.token)});
      });

  router.get<Person>("/api/v1/me/sessions", {},
                     [&services](Tx& tx, const Caller& caller, const Call&) -> Result<Reply> {
                       KS_TRY(const auto own, services.accounts.sessions().list(tx, caller));
                       Json items = Json::array();
                       for (const auto& item : own) items.push(present(item));
                       Reply reply;
                       reply.body =
                           Json::object({{"items", std::move(items)}, {"next_cursor", Json()}});
                       return reply;
                     });

  router.del<Person>("/api/v1/me/sessions",
                     {.action = std::nullopt, .deed = account_actions::kEndSessions},
                     [&services](Tx& tx, const Caller& caller, const Call&) -> Result<Reply> {
                       KS_CHECK(services.accounts.sessions().end_others(tx, caller));
                       return done(204);
                     });

  router.del<Person>("/api/v1/me/sessions/{session}",
                     {.action = std::nullopt, .deed = account_actions::kEndSession},
                     [&services](Tx& tx, const Caller& caller, const Call& call) -> Result<Reply> {
                       KS_TRY(const bool current,
                              services.accounts.sessions().end(tx, caller, call.param("session")));
                       Reply reply = done(204);
                       if (current) reply.set_cookie = services.cookie.clear();
                       return reply;
                     });
}

}  // namespace ks::api
