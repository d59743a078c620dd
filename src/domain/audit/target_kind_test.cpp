#include "domain/audit/target_kind.hpp"

#include <doctest/doctest.h>

namespace ks {

TEST_CASE(
    "a log is narrowed to the kinds that its rows have, those of versions before among them") {
  for (const char* kind : {"organization", "team", "member", "invitation", "deployment",
                           "access_review", "ownership_offer", "review", "row"})
    CHECK_MESSAGE(is_target_kind(kind), kind);
  for (const char* none : {"", "foo", "Team", "deployments", "user"})
    CHECK_FALSE_MESSAGE(is_target_kind(none), none);
}

}  // namespace ks
