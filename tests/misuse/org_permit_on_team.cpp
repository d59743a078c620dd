// A right on the organization where one on a team is asked for.
// expect: no known conversion from 'const Permit<.*ks::Org>|no viable conversion
// expect: invalid initialization of reference of type .*team_update
#include "tests/misuse/statements.hpp"

ks::Result<void> mistake(ks::Tx& tx, const ks::Permit<ks::Action::team_update, ks::Org>& on_org,
                         const ks::Permit<ks::Action::team_update, ks::Team>& on_team) {
#ifdef FIXED
  (void)on_org;
  return ks::test::rename_team(tx, on_team, "new");
#else
  (void)on_team;
  return ks::test::rename_team(tx, on_org, "new");
#endif
}
