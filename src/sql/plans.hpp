#pragma once

#include "store/plans.hpp"

namespace ks::sql {

class SqlPlanStore final : public PlanStore {
 public:
  Result<Entitlements> entitlements(Tx&, const AnyPermit&, Time now) override;
  Result<std::vector<PlanRow>> active(Tx&, const ClientScope&) override;
  Result<Entitlements> entitlements_of(Tx&, const ClientScope&, const PlanRow&) override;
  Result<Entitlements> entitlements_on(Tx&, const AnyPermit&, const PlanRow&, Time now) override;
  Result<void> subscribe(Tx&, const Permit<Action::orgs_set_plan, Org>&, const PlanRow&,
                         Time now) override;
  Result<Usage> usage(Tx&, const AnyPermit&) override;
  Result<void> lock_usage(Tx&, const AnyPermit&) override;
  Result<bool> charge(Tx&, const AnyPermit&, const Usage& change,
                      const Entitlements& limits) override;
};

}  // namespace ks::sql
