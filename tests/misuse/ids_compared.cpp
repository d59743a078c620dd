// Ids of two kinds are never equal, because nobody can ask.
// expect: invalid operands to binary expression .*Team.*Org
// expect: no match for .operator==.
#include "domain/ids.hpp"

bool mistake(const ks::TeamId& team, const ks::OrgId& org, const ks::TeamId& other) {
#ifdef FIXED
  (void)org;
  return team == other;
#else
  (void)other;
  return team == org;
#endif
}
