#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/stores.hpp"

namespace ks::app {

struct Founded {
  OrgId org;
  std::string slug;
};

// What is wrong with a name and a slug by themselves; without one, nothing is.
std::vector<Fault> faults_of(const std::optional<std::string>& name,
                             const std::optional<std::string>& slug);

// Creates the organization of a founding scope, with its owner, the team `default` that the owner
// administers, and the free plan. Without a wanted slug one is made of the name, with a number when
// it is taken; a wanted slug that is taken is `conflict` "slug_taken".
Result<Founded> found(Tx& tx, const Stores& stores, const TenantScope& founding,
                      std::string_view name, const std::optional<std::string>& wanted_slug);

// One person owns at most this many organizations on the plan that new ones start on: otherwise its
// limits would mean nothing (free_orgs.max).
inline constexpr int kFreeOrganizationsMax = 1;
// `owned`: every organization that the person owns. `over_limit` with the feature free_orgs.max.
Result<void> check_may_own(const std::vector<Organization>& owned);
// So many organizations of one person are being deleted at a time before another may be founded:
// each keeps its volumes and its name until it is purged, and counts for no plan.
inline constexpr int kEndingOrganizationsMax = 5;
// The same for founding one. `ending`: how many of theirs are being deleted; 429 over that.
Result<void> check_may_found(const std::vector<Organization>& owned, int ending);
// The same for being given `org`: only one on that plan counts.
Result<void> check_may_own(const std::vector<Organization>& owned, const Organization& org);

Result<Organization> organization(Tx& tx, const Stores& stores, const TenantScope& scope);
// It as mails name it and link to it, to whoever may read it.
Result<MailOrg> mail_org(Tx& tx, const Stores& stores, const TenantScope& scope);
// Which organization had this slug, as long as nobody else can have it. Gives no right.
Result<std::optional<OrgId>> organization_before(Tx& tx, const Stores& stores,
                                                 const ClientScope& client, std::string_view slug);

struct OrganizationPatch {
  std::optional<std::string> name;
  // The slug of before stays the organization's for kSlugRest: its members find it by that, and
  // nobody else can have it. `conflict` "slug_taken".
  std::optional<std::string> slug;
  // What of the internet the pods may send to, or all of it. A list needs a plan with nodes of
  // one's own: over_limit "feature_not_in_plan". It stays when the plan becomes another.
  std::optional<std::optional<EgressList>> egress = {};
};
// `if_version`: the version that the caller saw; `conflict` "stale_version" (412) when it has moved
// on.
Result<Organization> change(Tx& tx, const Stores& stores, const TenantScope& scope,
                            const OrganizationPatch& patch,
                            const std::optional<std::int64_t>& if_version);

// What a write gives when the thing was changed since the caller read it.
std::unexpected<Error> stale_version();

}  // namespace ks::app
