#pragma once

#include <memory>
#include <string>

#include "sql/audit/audit_writer.hpp"
#include "store/audit.hpp"

namespace ks::sql {

class SqlAuditStore final : public AuditStore {
 public:
  explicit SqlAuditStore(const AuditWriter& writer) : writer_(writer) {}

  Result<void> record(Tx&, const ClientScope&, const ClientDeed&, const Trail&, Time now) override;
  Result<void> forget_person(Tx&, const ClientScope&, const UserId&) override;
  Result<AuditPage> list(Tx&, const Permit<Action::audit_read, Org>&, const AuditFilter&,
                         const std::optional<AuditPlace>& place, int limit) override;
  Result<std::optional<std::string>> name_of(Tx&, const Permit<Action::audit_read, Org>&,
                                             const UserId&) override;
  Result<std::optional<AuditThing>> find_thing(Tx&, const Permit<Action::audit_read, Org>&,
                                               std::string_view id, Time removed_after) override;
  Result<std::vector<AuditEnd>> ends(Tx&, const FleetScope&, const std::optional<AuditChain>& after,
                                     int limit) override;
  Result<std::vector<AuditEnd>> unsunk(Tx&, const FleetScope&,
                                       const std::optional<AuditChain>& after, int limit) override;
  Result<void> set_sunk(Tx&, const FleetScope&, const AuditChain&, std::int64_t seq) override;
  Result<std::optional<AuditEnd>> end_of(Tx&, const FleetScope&, const AuditChain&) override;
  Result<std::vector<AuditRow>> rows_after(Tx&, const FleetScope&, const AuditChain&,
                                           std::int64_t seq, int limit) override;

 private:
  const AuditWriter& writer_;
};

}  // namespace ks::sql
