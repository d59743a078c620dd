#pragma once

#include "store/isolation.hpp"

namespace ks::sql {

class SqlIsolationStore final : public IsolationStore {
 public:
  Result<Page<SandboxAlone>> list(Tx&, const Permit<Action::audit_read, Org>&,
                                  const PageRequest&) override;
  Result<IsolationTotals> totals(Tx&, const Permit<Action::audit_read, Org>&) override;
  Result<Page<AnySandboxAlone>> list_all(Tx&, const FleetScope&, bool only_exposed,
                                         const PageRequest&) override;
  Result<IsolationTotals> totals_of_all(Tx&, const FleetScope&) override;
  Result<std::optional<IsolationCheck>> last_check(Tx&,
                                                   const Permit<Action::audit_read, Org>&) override;
  Result<std::optional<IsolationSignature>> last_signature(Tx&, const FleetScope&) override;
  Result<void> sign(Tx&, const FleetScope&, const IsolationSignature&) override;
};

}  // namespace ks::sql
