#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "app/stores.hpp"
#include "authz/recent.hpp"

namespace ks::app {

// The end of an organization, which for kRestoreWithin is not final: it is nobody's, its
// deployments leave the cluster without their volumes, and its owner can have all of it back. What
// comes after that is sync/purge.hpp's.

// What an organization's end takes with it, in the transaction of the end itself. What is recorded
// of it (an invitation, an offer that is taken back) comes before these: nothing is recorded for a
// person in an organization that has ended.
using EndStep = Result<void> (*)(Tx&, const Stores&, const Permit<Action::org_delete, Org>&,
                                 Time now);
std::span<const EndStep> end_steps();

// By the owner, who gave the password within kRecent. `typed_name`: the organization's name as it
// is now, else `invalid` at /name. Owner and administrators are told. Nothing happens to one that
// is being deleted already.
Result<Organization> delete_organization(Tx&, const Stores&, const TenantScope&,
                                         std::string_view typed_name,
                                         const std::optional<std::int64_t>& if_version);

// As it was, when the plan still allows what it used and its owner (`owned`: the others that are
// theirs now) may have another one of its plan. Nothing happens to one that is active. `conflict`
// "restore_expired" after kRestoreWithin.
Result<Organization> restore_organization(Tx&, const Stores&, const TenantScope&,
                                          const std::vector<Organization>& owned);

}  // namespace ks::app
