#pragma once

#include "authz/permit.hpp"
#include "authz/policy.hpp"
#include "base/error.hpp"

namespace ks {

class Tx;  // store/transaction.hpp

// Finds containers whose existence a standing alone does not prove. Implemented over the database.
class Directory {
 public:
  virtual ~Directory() = default;
  virtual Result<bool> team_exists(Tx& tx, const Lookup& lookup, const TeamId& team) const = 0;
  virtual Result<std::optional<TeamId>> team_by_slug(Tx& tx, const Lookup& lookup,
                                                     std::string_view slug) const = 0;
};

// The only maker of permits. A thing outside the tenant, a thing that does not exist and a thing
// the caller may not see give the same answer, not_found; a thing the caller sees but may not act
// on gives `denied` with the action and the roles that have it; where nothing but the suspension of
// the organization is in the way, `denied` "org_suspended".
class Authorizer {
 public:
  explicit Authorizer(const Directory& directory) : directory_(directory) {}

  // On the organization of the scope.
  template <Action A>
  Result<Permit<A, Org>> require(const TenantScope& scope) const {
    KS_CHECK(decide_on_org(scope, A));
    return Permit<A, Org>(scope, scope.org());
  }

  // On a team of the organization.
  template <Action A>
  Result<Permit<A, Team>> require(Tx& tx, const TenantScope& scope, const TeamId& team) const {
    KS_CHECK(decide_on_team(tx, scope, team, A));
    return Permit<A, Team>(scope, team);
  }

  // The decision without the right: whether `action` would be allowed now.
  Result<void> check(const TenantScope& scope, Action action) const {
    return decide_on_org(scope, action);
  }
  Result<void> check(Tx& tx, const TenantScope& scope, const TeamId& team, Action action) const {
    return decide_on_team(tx, scope, team, action);
  }

  // The team that a path names by id or slug; not_found unless the caller may see it. Gives no
  // right.
  Result<TeamId> find_team(Tx& tx, const TenantScope& scope, std::string_view id_or_slug) const;

 private:
  Result<void> decide_on_org(const TenantScope& scope, Action action) const;
  Result<void> decide_on_team(Tx& tx, const TenantScope& scope, const TeamId& team,
                              Action action) const;
  const Directory& directory_;
};

}  // namespace ks
