#pragma once

#include "store/purge.hpp"

namespace ks::sql {

// The tables are those of the schema: see purge_statements().
class SqlPurgeStore final : public PurgeStore {
 public:
  Result<std::vector<Due>> due(Tx&, const FleetScope&, Time before, int limit) override;
  Result<bool> begin(Tx&, const Permit<Action::org_purge, Org>&, Time before) override;
  Result<std::vector<std::string>> namespaces(Tx&, const Permit<Action::org_purge, Org>&) override;
  Result<std::vector<std::string>> stems(Tx&, const Permit<Action::org_purge, Org>&,
                                         std::string_view after, int limit) override;
  Result<std::vector<MailId>> mails(Tx&, const Permit<Action::org_purge, Org>&, const MailId& after,
                                    int limit) override;
  std::size_t tables() const override;
  Result<std::int64_t> empty(Tx&, const Permit<Action::org_purge, Org>&, std::size_t table,
                             std::int64_t batch) override;
  Result<void> finish(Tx&, const Permit<Action::org_purge, Org>&, Time now) override;
};

}  // namespace ks::sql
