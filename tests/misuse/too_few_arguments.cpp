// A statement with an argument missing.
// expect: one argument for each own parameter of the statement
#include "tests/misuse/statements.hpp"

void mistake(ks::sql::SqlTx& tx, const ks::Permit<ks::Action::org_read, ks::Org>& permit) {
#ifdef FIXED
  (void)tx.run(permit, ks::test::kTenant, 1);
#else
  (void)tx.run(permit, ks::test::kTenant);
#endif
}
