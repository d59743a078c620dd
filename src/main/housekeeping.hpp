#pragma once

#include <optional>

#include "app/access/reminder.hpp"
#include "identity/accounts.hpp"
#include "main/config/config.hpp"
#include "main/stores.hpp"
#include "runtime/loop.hpp"

namespace ks {

// What a process that answers requests does by itself, every now and then: what has ended goes, and
// who is to be reminded is. It works on the fibers of a loop that is stopped before it goes.
class Housekeeping {
 public:
  Housekeeping(const Config& config, Database& db, SqlStores& stores, const app::Stores& for_app,
               Accounts& accounts, const Clock& clock);
  Housekeeping(const Housekeeping&) = delete;
  Housekeeping& operator=(const Housekeeping&) = delete;

  // Once.
  void start(runtime::Loop& loop);

 private:
  using Work = Result<void> (Housekeeping::*)();
  void repeat(runtime::Loop& loop, Duration wait, Duration then, Work work);
  Result<void> expire();
  Result<void> sweep();
  Result<void> remind();

  Database& db_;
  SqlStores& stores_;
  const app::Stores& app_;
  Accounts& accounts_;
  const Clock& clock_;
  std::optional<app::AccessReminder> reminder_;  // None: nobody is reminded.
};

}  // namespace ks
