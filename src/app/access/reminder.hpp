#pragma once

#include <optional>
#include <string>

#include "app/stores.hpp"
#include "store/access_reminders.hpp"
#include "store/sync.hpp"

namespace ks::app {

// Reminds the administrators of every organization to review who has access, again and again. An
// organization is marked in the transaction that queues its mails, so that of several processes one
// sends them, and who dies in between has sent none.
class AccessReminder {
 public:
  struct Settings {
    // What is shorter ago, a review or a reminder, is enough.
    Duration every = days(90);
    Duration inactive_after = days(90);
    // Organizations of one round, so that their mails do not keep others waiting.
    int round = 200;
    int page = 50;
    // Of one organization; no more of them are written to.
    int administrators = 500;
  };
  AccessReminder(Database& db, Stores stores, AccessReminderStore& reminders, SyncStore& leases,
                 Settings settings);

  // One round, in the caller's thread: how many organizations were reminded. None where another
  // process is at it, and where no mail is sent. It goes on where the one before ended; one
  // organization that fails is left for the next time round. Not from two threads at once.
  Result<int> round();

 private:
  Result<bool> lease();
  Result<bool> remind(const ReminderDue& due);

  Database& db_;
  const Stores stores_;
  AccessReminderStore& reminders_;
  SyncStore& leases_;
  const Settings settings_;
  const std::string holder_;
  std::optional<ReminderDue> after_;
};

}  // namespace ks::app
