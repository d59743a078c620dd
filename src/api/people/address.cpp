#include "api/people/address.hpp"

#include "app/organizations.hpp"

namespace ks::api {

Result<TenantScope> looked_for(Tx& tx, const Caller& caller, std::string_view org,
                               const Services& services) {
  if (auto ending = services.sessions.ending(caller, org)) return ending;
  KS_TRY(const auto before,
         app::organization_before(tx, services.stores, caller.person().client_scope(), org));
  if (!before) return not_found();
  return services.sessions.tenant(caller, *before);
}

}  // namespace ks::api
