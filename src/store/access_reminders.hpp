#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "authz/permit.hpp"
#include "domain/mail/mail.hpp"
#include "store/transaction.hpp"

namespace ks {

// An organization that may have to be reminded.
struct ReminderDue {
  ClientId client;
  OrgId org;
};

// What a reminder tells.
struct AccessFigures {
  MailOrg org;
  std::int64_t people = 0;
  std::int64_t rights = 0;    // In the organization and its teams.
  std::int64_t inactive = 0;  // Of the people: last here by the time asked for.
};

// Reminders of the access review, of organizations that are active. What counts is the last of:
// founded, reminded, and a review of the whole organization finished.
class AccessReminderStore {
 public:
  virtual ~AccessReminderStore() = default;

  // Those of which nothing counts after `since`; after the one given, in a fixed order.
  virtual Result<std::vector<ReminderDue>> due(Tx&, const FleetScope&, Time since,
                                               const std::optional<ReminderDue>& after,
                                               int limit) = 0;
  // Writes down that the organization is reminded at `now`; false, with nothing done, when it is
  // not due any more. Of several at once, one gives true.
  virtual Result<bool> begin(Tx&, const Permit<Action::sync_status, Org>&, Time since,
                             Time now) = 0;
  virtual Result<AccessFigures> figures(Tx&, const Permit<Action::sync_status, Org>&,
                                        Time seen_until) = 0;
};

}  // namespace ks
