#pragma once

#include "store/access_reminders.hpp"

namespace ks::sql {

class SqlAccessReminderStore final : public AccessReminderStore {
 public:
  Result<std::vector<ReminderDue>> due(Tx&, const FleetScope&, Time since,
                                       const std::optional<ReminderDue>& after, int limit) override;
  Result<bool> begin(Tx&, const Permit<Action::sync_status, Org>&, Time since, Time now) override;
  Result<AccessFigures> figures(Tx&, const Permit<Action::sync_status, Org>&,
                                Time seen_until) override;
};

}  // namespace ks::sql
