#pragma once

#include "store/removals.hpp"

namespace ks::sql {

class SqlRemovalStore final : public RemovalStore {
 public:
  Result<std::optional<MemberRow>> find(Tx&, const MayRemove&) override;
  Result<bool> remove(Tx&, const MayRemove&) override;
  Result<std::int64_t> count_deployments(Tx&, const MayRemove&) override;

  Result<void> remember(Tx&, const MayRemove&, const FormerMember&) override;
  Result<std::optional<FormerMember>> find_former(Tx&,
                                                  const Permit<Action::org_members_manage, Org>&,
                                                  const PersonRef&, Time removed_after) override;
  Result<void> forget_former(Tx&, const MayAdd&, const UserId&) override;
  Result<std::int64_t> forget_older(Tx&, const FleetScope&, Time removed_before,
                                    int limit) override;
};

}  // namespace ks::sql
