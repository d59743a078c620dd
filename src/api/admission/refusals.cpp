#include "api/admission/refusals.hpp"

#include "api/people/address.hpp"
#include "app/audit.hpp"
#include "base/log.hpp"

namespace ks::api {

void Refusals::note(const Who& who, const DeedName& deed, const http::Request& request,
                    const Error& error) {
  const auto left_out = allowance_.take(who.person.text());
  if (!left_out) return;
  app::Attempt attempt{
      std::string(http::method_name(request.method)) + " " + std::string(request.route),
      {},
      error,
      *left_out};
  for (const auto& param : request.params)
    if (param.name != "org")
      attempt.path.emplace_back(std::string(param.name), std::string(request.param(param.name)));
  const auto recorded =
      services_.db.write_for(SessionGate::token_hash(who.token), [&](Tx& tx) -> Result<void> {
        KS_TRY(const Caller caller,
               services_.sessions.load_in(tx, who.client, who.token, who.trail));
        auto scope = services_.sessions.tenant(caller, request.param("org"));
        if (!scope) scope = organization_before(tx, caller, request.param("org"), services_);
        if (scope && deed.action)
          return app::record_denied(tx, services_.stores, *scope, *deed.action, attempt);
        return app::record_denied(tx, services_.stores, caller.person(), deed.text, attempt);
      });
  if (!recorded)
    log::warn("a denied attempt was not recorded", {{"request_id", request.request_id}});
}

}  // namespace ks::api
