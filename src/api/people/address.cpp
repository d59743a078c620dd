#include "api/people/address.hpp"

#include "app/organizations.hpp"
#include "app/teams.hpp"

namespace ks::api {

Result<TenantScope> organization_before(Tx& tx, const Caller& caller, std::string_view org,
                                        const Services& services) {
  KS_TRY(const auto before,
         app::organization_before(tx, services.stores, caller.person().client_scope(), org));
  if (!before) return not_found();
  return services.sessions.tenant(caller, *before);
}

Result<Call> team_before(Tx& tx, const TenantScope& scope, const Call& call,
                         const Services& services) {
  const std::string_view slug = call.param("team");
  if (slug.empty()) return not_found();
  KS_TRY(const auto before, app::team_before(tx, services.stores, scope, slug));
  if (!before) return not_found();
  return Call{call.request, Json::object(), before->str()};
}

}  // namespace ks::api
