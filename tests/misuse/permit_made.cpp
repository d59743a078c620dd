// A right that nobody was asked for.
// expect: calling a private constructor of class 'ks::Permit
// expect: Permit<.*is private within this context
#include "authz/authorizer.hpp"

ks::Result<ks::Permit<ks::Action::org_read, ks::Org>> mistake(const ks::Authorizer& authorizer,
                                                              const ks::TenantScope& scope) {
#ifdef FIXED
  return authorizer.require<ks::Action::org_read>(scope);
#else
  (void)authorizer;
  return ks::Permit<ks::Action::org_read, ks::Org>(scope, scope.org());
#endif
}
