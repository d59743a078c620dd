#pragma once

#include <optional>
#include <string>
#include <vector>

#include "authz/permit.hpp"
#include "domain/plan.hpp"
#include "store/transaction.hpp"

namespace ks {

struct PlanRow {
  std::string key;
  std::int64_t version = 1;
  std::string name;
  std::int64_t rank = 0;
};

class PlanStore {
 public:
  virtual ~PlanStore() = default;
  // What the organization's plan and its overrides allow at `now`.
  virtual Result<Entitlements> entitlements(Tx&, const AnyPermit&, Time now) = 0;
  // The client's active plans, newest version of each, by rank.
  virtual Result<std::vector<PlanRow>> active(Tx&, const ClientScope&) = 0;
  virtual Result<Entitlements> entitlements_of(Tx&, const ClientScope&, const PlanRow&) = 0;
  // What the organization would be allowed on that plan, with its overrides of `now`.
  virtual Result<Entitlements> entitlements_on(Tx&, const AnyPermit&, const PlanRow&, Time now) = 0;
  virtual Result<void> subscribe(Tx&, const Permit<Action::orgs_set_plan, Org>&, const PlanRow&,
                                 Time now) = 0;

  virtual Result<Usage> usage(Tx&, const AnyPermit&) = 0;
  // From here to the end of the transaction nobody else changes what the organization uses. Comes
  // before the reads on which a change of usage is based: without it, two changes of one deployment
  // at once would both be charged against the amount that it had before.
  virtual Result<void> lock_usage(Tx&, const AnyPermit&) = 0;
  // Adds `change` to the organization's usage unless that breaks a limit; false when it does, and
  // nothing is changed. One conditional statement, so two requests at once cannot both pass.
  virtual Result<bool> charge(Tx&, const AnyPermit&, const Usage& change,
                              const Entitlements& limits) = 0;
};

}  // namespace ks
