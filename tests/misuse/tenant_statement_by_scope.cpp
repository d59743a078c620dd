// A tenant's rows, with a scope that no policy has judged.
// expect: no matching member function for call to 'run'
// expect: no matching function for call to .ks::sql::SqlTx::run
#include "tests/misuse/statements.hpp"

void mistake(ks::sql::SqlTx& tx, const ks::Permit<ks::Action::org_read, ks::Org>& permit,
             const ks::ClientScope& client, const ks::PersonScope& person,
             const ks::TenantScope& tenant, const ks::FleetScope& fleet) {
  (void)permit, (void)client, (void)person, (void)tenant, (void)fleet;
#ifdef FIXED
  (void)tx.run(permit, ks::test::kTenant, 1);
#else
  (void)tx.run(tenant, ks::test::kTenant, 1);
#endif
}
