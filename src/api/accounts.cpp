#include "api/api.hpp"
#include "api/fields.hpp"
#include "api/present.hpp"
#include "api/router.hpp"
#include "app/organizations.hpp"

namespace ks::api {

namespace {

SessionGate::TrailPtr trail_of(const Call& call) {
  return std::make_shared<const Trail>(Trail{call.request.request_id, call.request.client_address});
}

// What a first sign-up brings with it.
Founding founding(Services& services) {
  return [&services](Tx& tx, const PersonScope&, const TenantScope& scope,
                     const UserRow& user) -> Result<void> {
    KS_CHECK(app::found(tx, services.stores, scope, user.name, std::nullopt));
    return {};
  };
}

Reply signed_in(const Services& services, int status, const SignedIn& in) {
  Reply reply;
  reply.status = status;
  reply.body = Json::object({{"user", present(in.user)}});
  reply.set_cookie = services.cookie.set(in.token);
  return reply;
}

}  // namespace

void mount_accounts(Router& router, Services& services) {
  router.post<Anyone>(
      "/api/v1/auth/signup", {std::nullopt, Body::json},
      [&services](const ClientScope& client, const Call& call) -> Result<Reply> {
        Fields fields(call.body, {"email", "password", "name"});
        SignUpRequest wanted;
        wanted.email = fields.required_text("email");
        wanted.password = fields.required_text("password");
        wanted.name = fields.required_text("name");
        KS_CHECK(fields.done());
        KS_TRY(const SignedIn in,
               services.accounts.sign_up(client, wanted, trail_of(call), founding(services)));
        return signed_in(services, 201, in);
      });

  router.post<Anyone>(
      "/api/v1/auth/login", {std::nullopt, Body::json},
      [&services](const ClientScope& client, const Call& call) -> Result<Reply> {
        const auto presented = services.cookie.find(call.request.headers.get("Cookie"));
        if (services.dev_mode && call.body.members().empty()) {
          KS_TRY(const SignedIn in, services.accounts.dev_login(client, presented, trail_of(call),
                                                                founding(services)));
          return signed_in(services, 200, in);
        }
        Fields fields(call.body, {"email", "password"});
        const std::string email = fields.required_text("email");
        const std::string password = fields.required_text("password");
        KS_CHECK(fields.done());
        KS_TRY(const SignedIn in,
               services.accounts.login(client, email, password, presented, trail_of(call)));
        return signed_in(services, 200, in);
      });

  router.post<Bearer>("/api/v1/auth/reauthenticate", {std::nullopt, Body::json},
                      [&services](const ClientScope& client, const std::string& token,
                                  const Caller& caller, const Call& call) -> Result<Reply> {
                        Fields fields(call.body, {"password"});
                        std::optional<std::string> password;
                        if (!services.dev_mode || !call.body.members().empty())
                          password = fields.required_text("password");
                        KS_CHECK(fields.done());
                        KS_TRY(const SignedIn in,
                               services.accounts.reauthenticate(client, caller, token, password));
                        return signed_in(services, 200, in);
                      });

  router.post<Anyone>(
      "/api/v1/auth/logout", {std::nullopt, Body::optional_json},
      [&services](const ClientScope& client, const Call& call) -> Result<Reply> {
        Fields fields(call.body, {});
        KS_CHECK(fields.done());
        if (const auto token = services.cookie.find(call.request.headers.get("Cookie")))
          KS_CHECK(services.accounts.logout(client, *token));
        Reply reply;
        reply.status = 204;
        reply.set_cookie = services.cookie.clear();
        return reply;
      });

  router.post<Anyone>("/api/v1/setup", {std::nullopt, Body::json},
                      [&services](const ClientScope& client, const Call& call) -> Result<Reply> {
                        Fields fields(call.body, {"token", "email", "password", "name"});
                        const std::string token = fields.required_text("token");
                        SignUpRequest wanted;
                        wanted.email = fields.required_text("email");
                        wanted.password = fields.required_text("password");
                        wanted.name = fields.required_text("name");
                        KS_CHECK(fields.done());
                        KS_TRY(const UserRow user, services.accounts.setup(client, token, wanted));
                        Reply reply;
                        reply.status = 201;
                        reply.body = Json::object({{"user", present(user)}});
                        return reply;
                      });

  router.get<Person>("/api/v1/me", {}, [](Tx&, const Caller& caller, const Call&) -> Result<Reply> {
    Reply reply;
    reply.body = present_me(caller);
    return reply;
  });
}

}  // namespace ks::api
