// Looking for a container without the authorizer having asked.
// expect: calling a private constructor of class 'ks::Lookup'
// expect: Lookup::Lookup.*is private within this context
#include "authz/authorizer.hpp"

ks::OrgId mistake(const ks::Lookup& lookup, const ks::TenantScope& scope) {
#ifdef FIXED
  (void)scope;
  return lookup.scope().org();
#else
  (void)lookup;
  return ks::Lookup(scope).scope().org();
#endif
}
