#pragma once

#include <string_view>

#include "app/stores.hpp"

// Suspending an organization, from above it. Its people may look, take their data along, pay,
// leave and delete it; what else is held up is decided where every right is (authz/catalogue.hpp).
// Its deployments stay in the cluster without pods, and all that is wanted of them is kept. What it
// uses counts on. A write of theirs that was begun before ends before it, or not at all
// (store/journal.hpp).
namespace ks::app {

// Revokes what invitations are pending, cancels an offer of ownership, and tells the owner. Of one
// that is suspended already only the reason changes. `conflict` "being_deleted".
Result<Organization> suspend_organization(Tx& tx, const Stores& stores, const TenantScope& scope,
                                          std::string_view reason);

// Pods come back as they were; invitations and offers do not. Nothing happens to one that is not
// suspended. `conflict` "being_deleted".
Result<Organization> lift_suspension(Tx& tx, const Stores& stores, const TenantScope& scope);

}  // namespace ks::app
