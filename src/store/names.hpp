#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "authz/permit.hpp"
#include "store/transaction.hpp"

namespace ks {

// How long a slug that an organization or a team gave up is given to no other one.
inline constexpr Duration kSlugRest = days(90);
// So many slugs of one organization, or of one team, rest at a time.
inline constexpr std::int64_t kSlugsAtRestMax = 10;

// Names of the cluster are given once in the life of an installation, whatever became of what had
// them: a label, a certificate or a bookmark may still mean the first one.
enum class ClusterName { namespace_, stem };

// Which names were given. Kept as keyed hashes, so that the register outlives what it is about
// without saying anything of it.
class NameStore {
 public:
  virtual ~NameStore() = default;

  // The slug is the organization's from here on, within its client. False, with nothing done, when
  // another one has it, or had it less than kSlugRest ago.
  virtual Result<bool> claim_slug(Tx&, const AnyPermit&, std::string_view slug, Time now) = 0;
  // Takes back a claim of this transaction.
  virtual Result<void> unclaim_slug(Tx&, const AnyPermit&, std::string_view slug) = 0;
  // The organization stops using it; until `until` nobody else can.
  virtual Result<void> let_go_slug(Tx&, const AnyPermit&, std::string_view slug, Time until) = 0;
  // When the organization may give up another one: at once, or when one of kSlugsAtRestMax is free
  // for others again. Otherwise whoever renames over and over takes every name from everybody.
  virtual Result<std::optional<Time>> lets_go_at(Tx&, const AnyPermit&, Time now) = 0;
  // Whose slug it was, as long as nobody else can have it. No proof of any right on it.
  virtual Result<std::optional<OrgId>> holder_before(Tx&, const ClientScope&, std::string_view slug,
                                                     Time now) = 0;
  // What the register knows of the organization's slugs says no longer whose they were.
  virtual Result<void> orphan_slugs(Tx&, const Permit<Action::org_purge, Org>&, Time until) = 0;

  // False when it was given before, to anybody.
  virtual Result<bool> give(Tx&, const AnyPermit&, ClusterName, std::string_view name) = 0;

  // Removes slugs whose rest is over.
  virtual Result<void> sweep(Tx&, const FleetScope&, Time now) = 0;
};

}  // namespace ks
