#pragma once

#include <string>

#include "store/names.hpp"

namespace ks::sql {

class SqlNameStore final : public NameStore {
 public:
  // `key` of the hashes: the same on every process of a database.
  explicit SqlNameStore(std::string key) : key_(std::move(key)) {}

  Result<bool> claim_slug(Tx&, const AnyPermit&, std::string_view slug, Time now) override;
  Result<void> unclaim_slug(Tx&, const AnyPermit&, std::string_view slug) override;
  Result<void> let_go_slug(Tx&, const AnyPermit&, std::string_view slug, Time until) override;
  Result<std::optional<Time>> lets_go_at(Tx&, const AnyPermit&, Time now) override;
  Result<std::optional<OrgId>> holder_before(Tx&, const ClientScope&, std::string_view slug,
                                             Time now) override;
  Result<void> orphan_slugs(Tx&, const Permit<Action::org_purge, Org>&, Time until) override;
  Result<bool> give(Tx&, const AnyPermit&, ClusterName, std::string_view name) override;
  Result<void> sweep(Tx&, const FleetScope&, Time now) override;

 private:
  std::string slug_hash(const ClientScope&, std::string_view slug) const;
  std::string key_;
};

}  // namespace ks::sql
