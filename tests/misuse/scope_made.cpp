// A tenant that was read from the URL and believed.
// expect: calling a private constructor of class 'ks::TenantScope'
// expect: TenantScope::TenantScope.*is private within this context
#include "authz/scope.hpp"

ks::TenantScope mistake(const ks::FleetScope& fleet, const ks::ClientId& client,
                        const ks::OrgId& org) {
#ifdef FIXED
  return fleet.tenant(client, org);
#else
  (void)fleet;
  return ks::TenantScope(client, org, std::nullopt, nullptr, nullptr);
#endif
}
