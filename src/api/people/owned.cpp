#include "api/people/owned.hpp"

#include <algorithm>

#include "app/organizations.hpp"

namespace ks::api {

Result<std::vector<Organization>> owned_by(Tx& tx, const Caller& caller, const Services& services) {
  KS_TRY(const auto memberships, services.sessions.memberships_locked(tx, caller.person()));
  std::vector<Organization> owned;
  for (const Membership& m : memberships) {
    if (m.role != OrgRole::owner || m.state == "deleting" || m.state == "purging") continue;
    const auto scope = services.sessions.tenant(caller, m.id);
    // Founded by another request since this one's session was loaded.
    if (!scope) return conflict("busy", "Your organizations changed just now; try again.");
    KS_TRY(Organization org, app::organization(tx, services.stores, *scope));
    owned.push_back(std::move(org));
  }
  return owned;
}

Result<int> ending_of(Tx& tx, const Caller& caller, const Services& services) {
  KS_TRY(const auto memberships, services.sessions.memberships_locked(tx, caller.person()));
  return static_cast<int>(std::ranges::count_if(memberships, [](const Membership& m) {
    return m.role == OrgRole::owner && m.state == "deleting";
  }));
}

}  // namespace ks::api
