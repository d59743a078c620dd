#pragma once

#include "store/access.hpp"

namespace ks::sql {

class SqlAccessStore final : public AccessStore {
 public:
  Result<Page<AccessRow>> list(Tx&, const MaySeeAccess&, const std::optional<Time>& seen_until,
                               const PageRequest&) override;
  Result<Page<AccessRow>> list_of(Tx&, const Permit<Action::org_members_read, Org>&, const UserId&,
                                  const std::optional<Time>& seen_until,
                                  const PageRequest&) override;
  Result<AccessTotals> totals(Tx&, const MaySeeAccess&, Time seen_until) override;
};

}  // namespace ks::sql
