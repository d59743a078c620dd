#include "api/api.hpp"
#include "api/fields.hpp"
#include "api/me/me.hpp"
#include "api/people/arrival.hpp"
#include "api/present.hpp"
#include "api/router.hpp"
#include "app/organizations.hpp"
#include "domain/name.hpp"

namespace ks::api {

namespace {

// What a first sign-up brings with it.
Founding founding(Services& services) {
  return [&services](Tx& tx, const PersonScope&, const TenantScope& scope,
                     const UserRow& user) -> Result<void> {
    KS_CHECK(app::found(tx, services.stores, scope, user.name, std::nullopt));
    return {};
  };
}

}  // namespace

Reply signed_in(const Services& services, int status, const SignedIn& in) {
  Reply reply;
  reply.status = status;
  reply.body = Json::object({{"user", present(in.user)}});
  reply.set_cookie = services.cookie.set(in.token);
  return reply;
}

namespace {

// A new account takes the place of whoever was signed in.
Reply signed_up(const Services& services, const ClientScope& client, const Call& call,
                const SignedIn& in) {
  services.accounts.replace_session(client,
                                    services.cookie.find(call.request.headers.get("Cookie")));
  return signed_in(services, 201, in);
}

// Success is the acceptance: both, or neither.
Result<Reply> sign_up_invited(const Services& services, const ClientScope& client, const Call& call,
                              const SignUpRequest& wanted, std::string_view token) {
  KS_TRY(Arrival arrival, Arrival::of(services, client, call, token, app::Used::refused));
  const auto in = services.accounts.sign_up(client, wanted, trail_of(call), arrival.joining(),
                                            AddressProof{arrival.address()});
  if (!in) return arrival.refused(in.error());
  Reply reply = signed_up(services, client, call, *in);
  KS_TRY(Json joined, arrival.joined(*in));
  reply.body.set("joined", std::move(joined));
  return reply;
}

Result<Reply> log_in_invited(const Services& services, const ClientScope& client, const Call& call,
                             const std::string& email, const std::string& password,
                             std::string_view token) {
  KS_TRY(Arrival arrival, Arrival::of(services, client, call, token, app::Used::allowed));
  // Before the password is looked at: nobody finds out by it whose account there is.
  const auto address = normal_email(email);
  if (!address || *address != arrival.address())
    return invalid({Fault{"/email", "must be the address that the link was sent to"}});
  const auto presented = services.cookie.find(call.request.headers.get("Cookie"));
  const auto in = services.accounts.login(client, email, password, presented, trail_of(call),
                                          arrival.joining());
  if (!in) return arrival.refused(in.error());
  Reply reply = signed_in(services, 200, *in);
  KS_TRY(Json joined, arrival.joined(*in));
  reply.body.set("joined", std::move(joined));
  return reply;
}

}  // namespace

void mount_accounts(Router& router, Services& services) {
  router.post<Anyone>(
      "/api/v1/auth/signup",
      {.action = std::nullopt, .body = Body::json, .deed = account_actions::kSignUp},
      [&services](const ClientScope& client, const Call& call) -> Result<Reply> {
        Fields fields(call.body, {"email", "password", "name", "invitation"});
        SignUpRequest wanted;
        wanted.email = fields.required_text("email");
        wanted.password = fields.required_text("password");
        wanted.name = fields.required_text("name");
        wanted.locale = locale_of(call);
        const auto invitation = fields.optional_text("invitation");
        KS_CHECK(fields.done(faults_of(wanted)));
        if (invitation) return sign_up_invited(services, client, call, wanted, *invitation);
        if (services.accounts.mode() == SignUpMode::verified) {
          KS_CHECK(services.accounts.begin_sign_up(client, wanted, trail_of(call)));
          Reply reply;
          reply.status = 202;
          return reply;
        }
        KS_TRY(const SignedIn in,
               services.accounts.sign_up(client, wanted, trail_of(call), founding(services)));
        return signed_up(services, client, call, in);
      });

  router.post<Anyone>(
      "/api/v1/auth/verify",
      {.action = std::nullopt, .body = Body::json, .deed = account_actions::kVerify},
      [&services](const ClientScope& client, const Call& call) -> Result<Reply> {
        Fields fields(call.body, {"token", "password"});
        const std::string token = fields.required_text("token");
        const std::string password = fields.required_text("password");
        KS_CHECK(fields.done());
        KS_TRY(const SignedIn in, services.accounts.finish_sign_up(
                                      client, token, password, trail_of(call), founding(services)));
        return signed_up(services, client, call, in);
      });

  router.post<Anyone>(
      "/api/v1/auth/login",
      {.action = std::nullopt, .body = Body::json, .deed = account_actions::kSignIn},
      [&services](const ClientScope& client, const Call& call) -> Result<Reply> {
        const auto presented = services.cookie.find(call.request.headers.get("Cookie"));
        if (services.dev_mode && call.body.members().empty()) {
          KS_TRY(const SignedIn in, services.accounts.dev_login(client, presented, trail_of(call),
                                                                founding(services)));
          return signed_in(services, 200, in);
        }
        Fields fields(call.body, {"email", "password", "invitation"});
        const std::string email = fields.required_text("email");
        const std::string password = fields.required_text("password");
        const auto invitation = fields.optional_text("invitation");
        KS_CHECK(fields.done());
        if (invitation) return log_in_invited(services, client, call, email, password, *invitation);
        KS_TRY(const SignedIn in,
               services.accounts.login(client, email, password, presented, trail_of(call)));
        return signed_in(services, 200, in);
      });

  router.post<Bearer>(
      "/api/v1/auth/reauthenticate",
      {.action = std::nullopt, .body = Body::json, .deed = account_actions::kConfirm},
      [&services](const ClientScope& client, const std::string& token, const Caller& caller,
                  const Call& call) -> Result<Reply> {
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
      "/api/v1/auth/logout",
      {.action = std::nullopt, .body = Body::optional_json, .deed = account_actions::kSignOut},
      [&services](const ClientScope& client, const Call& call) -> Result<Reply> {
        Fields fields(call.body, {});
        KS_CHECK(fields.done());
        if (const auto token = services.cookie.find(call.request.headers.get("Cookie")))
          KS_CHECK(services.accounts.logout(client, *token, trail_of(call)));
        Reply reply;
        reply.status = 204;
        reply.set_cookie = services.cookie.clear();
        return reply;
      });

  router.post<Anyone>("/api/v1/setup",
                      {.action = std::nullopt, .body = Body::json, .deed = account_actions::kSetup},
                      [&services](const ClientScope& client, const Call& call) -> Result<Reply> {
                        Fields fields(call.body, {"token", "email", "password", "name"});
                        const std::string token = fields.required_text("token");
                        SignUpRequest wanted;
                        wanted.email = fields.required_text("email");
                        wanted.password = fields.required_text("password");
                        wanted.name = fields.required_text("name");
                        wanted.locale = locale_of(call);
                        KS_CHECK(fields.done(faults_of(wanted)));
                        KS_TRY(const UserRow user,
                               services.accounts.setup(client, token, wanted, trail_of(call)));
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
