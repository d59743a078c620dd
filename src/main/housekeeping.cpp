#include "main/housekeeping.hpp"

#include "app/housekeeping.hpp"
#include "app/invitations/revocation.hpp"
#include "base/log.hpp"

namespace ks {

Housekeeping::Housekeeping(const Config& config, Database& db, SqlStores& stores,
                           const app::Stores& for_app, Accounts& accounts, const Clock& clock)
    : db_(db), stores_(stores), app_(for_app), accounts_(accounts), clock_(clock) {
  if (config.access_reminder_days == 0) return;
  reminder_.emplace(
      db, for_app, stores.access_reminders, stores.sync,
      app::AccessReminder::Settings{.every = days(config.access_reminder_days),
                                    .inactive_after = days(config.access_inactive_days)});
}

void Housekeeping::start(runtime::Loop& loop) {
  // Soon after the start too: a server that is started often has to come to it.
  repeat(loop, minutes(5), hours(1), &Housekeeping::sweep);
  // An invitation that expires is shown so at once; its seat is free a minute later at most.
  repeat(loop, minutes(1), minutes(1), &Housekeeping::expire);
  if (reminder_) repeat(loop, minutes(10), minutes(10), &Housekeeping::remind);
}

void Housekeeping::repeat(runtime::Loop& loop, Duration wait, Duration then, Work work) {
  loop.call_after(wait, [this, &loop, then, work] {
    loop.spawn([this, &loop, then, work] {
      if (auto done = (this->*work)(); !done)
        log::warn("clean-up failed and is tried again", {{"cause", done.error().message}});
      repeat(loop, then, then, work);
    });
  });
}

Result<void> Housekeeping::expire() {
  return app::expire_all_invitations(db_, app_, FleetScope(FleetReason::housekeeping));
}

Result<void> Housekeeping::sweep() {
  const FleetScope fleet(FleetReason::housekeeping);
  const Time now = clock_.now();
  const app::Kept kept;
  KS_CHECK(accounts_.sweep(fleet));
  for (std::int64_t went = kept.batch; went == kept.batch;) {
    KS_TRY(went, db_.fleet_write(fleet, [&](Tx& tx) {
      return stores_.idempotency.forget_older(tx, fleet, now - hours(24), kept.batch);
    }));
  }
  for (std::int64_t went = kept.batch; went == kept.batch;) {
    KS_TRY(went, db_.fleet_write(fleet, [&](Tx& tx) {
      return stores_.removals.forget_older(tx, fleet, now - kReinstatable, kept.batch);
    }));
  }
  for (std::int64_t went = kept.batch; went == kept.batch;) {
    KS_TRY(went, db_.fleet_write(fleet, [&](Tx& tx) {
      return stores_.invitations.forget_older(tx, fleet, now - kInvitationKept, kept.batch);
    }));
  }
  KS_TRY(const auto pruned, app::prune(db_, stores_.housekeeping, fleet, kept, now));
  log::debug("clean-up", {{"events", pruned.events}, {"revisions", pruned.revisions}});
  return {};
}

Result<void> Housekeeping::remind() {
  KS_TRY(const int reminded, reminder_->round());
  if (reminded > 0) log::info("reminded of the access review", {{"organizations", reminded}});
  return {};
}

}  // namespace ks
