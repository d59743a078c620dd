#include "api/api.hpp"
#include "api/fields.hpp"
#include "api/me/me.hpp"
#include "api/router.hpp"

namespace ks::api {

void mount_recovery(Router& router, Services& services) {
  router.post<Anyone>(
      "/api/v1/auth/forgot",
      {.action = std::nullopt, .body = Body::json, .deed = account_actions::kForgot},
      [&services](const ClientScope& client, const Call& call) -> Result<Reply> {
        Fields fields(call.body, {"email"});
        const std::string email = fields.required_text("email");
        KS_CHECK(fields.done(address_faults(email)));
        KS_CHECK(services.accounts.recovery().ask(client, email, trail_of(call)));
        Reply reply;
        reply.status = 202;
        return reply;
      });

  router.post<Anyone>(
      "/api/v1/auth/reset",
      {.action = std::nullopt, .body = Body::json, .deed = account_actions::kReset},
      [&services](const ClientScope& client, const Call& call) -> Result<Reply> {
        Fields fields(call.body, {"token", "password"});
        const std::string token = fields.required_text("token");
        const std::string password = fields.required_text("password");
        KS_CHECK(fields.done());
        KS_CHECK(services.accounts.recovery().finish(client, token, password, trail_of(call)));
        Reply reply;
        reply.status = 204;
        return reply;
      });
}

}  // namespace ks::api
