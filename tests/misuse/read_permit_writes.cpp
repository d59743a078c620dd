// The right to read, used to write.
// expect: no known conversion from 'const Permit<ks::Action::team_read|no viable conversion
// expect: invalid initialization of reference of type .*team_update
#include "tests/misuse/statements.hpp"

ks::Result<void> mistake(ks::Tx& tx, const ks::Permit<ks::Action::team_read, ks::Team>& may_read,
                         const ks::Permit<ks::Action::team_update, ks::Team>& may_update) {
#ifdef FIXED
  (void)may_read;
  return ks::test::rename_team(tx, may_update, "new");
#else
  (void)may_update;
  return ks::test::rename_team(tx, may_read, "new");
#endif
}
