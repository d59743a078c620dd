#include "app/access/reminder.hpp"

#include <algorithm>

#include "base/log.hpp"

namespace ks::app {

namespace {

constexpr std::string_view kLease = "access-reminders";
constexpr std::string_view kTold = "access_review";
// Longer than any page takes; who dies with it is waited for so long.
constexpr Duration kLeaseLife = minutes(5);
const FleetScope kFleet(FleetReason::housekeeping);

}  // namespace

AccessReminder::AccessReminder(Database& db, Stores stores, AccessReminderStore& reminders,
                               SyncStore& leases, Settings settings)
    : db_(db),
      stores_(stores),
      reminders_(reminders),
      leases_(leases),
      settings_(settings),
      holder_(uuid_v7(stores_.clock, stores_.random)) {}

Result<bool> AccessReminder::lease() {
  KS_TRY(const auto grant, db_.fleet_write(kFleet, [&](Tx& tx) {
    const Time now = stores_.clock.now();
    return leases_.lease(tx, kFleet, kLease, holder_, now, now + kLeaseLife);
  }));
  return grant.has_value();
}

Result<int> AccessReminder::round() {
  if (!stores_.outbox.on()) return 0;
  int reminded = 0;
  for (int left = settings_.round; left > 0;) {
    KS_TRY(const bool ours, lease());
    if (!ours) return reminded;
    const int wanted = std::min(left, settings_.page);
    const Time since = stores_.clock.now() - settings_.every;
    KS_TRY(const auto due, db_.fleet_read(kFleet, [&](Tx& tx) {
      return reminders_.due(tx, kFleet, since, after_, wanted);
    }));
    for (const ReminderDue& one : due) {
      after_ = one;
      const auto told = remind(one);
      if (!told)
        log::warn("an organization was not reminded to review access",
                  {{"org", one.org.text()}, {"cause", told.error().message}});
      else if (*told)
        ++reminded;
    }
    left -= wanted;
    if (due.size() < static_cast<std::size_t>(wanted)) {
      after_.reset();
      break;
    }
  }
  KS_CHECK(db_.fleet_write(kFleet,
                           [&](Tx& tx) { return leases_.release(tx, kFleet, kLease, holder_); }));
  return reminded;
}

Result<bool> AccessReminder::remind(const ReminderDue& due) {
  return db_.write([&](Tx& tx) -> Result<bool> {
    KS_TRY(const auto permit,
           stores_.authorizer.require<Action::sync_status>(kFleet.tenant(due.client, due.org)));
    const Time now = stores_.clock.now();
    // Whoever is removed at this moment is either read no more, or has the mail cancelled.
    KS_CHECK(stores_.members.lock(tx, permit));
    KS_TRY(const bool begun, reminders_.begin(tx, permit, now - settings_.every, now));
    if (!begun) return false;
    KS_TRY(const auto figures, reminders_.figures(tx, permit, now - settings_.inactive_after));
    KS_TRY(const auto administrators,
           stores_.invitations.administrators(tx, permit, settings_.administrators));
    const mails::AccessReview content{figures.org, figures.people, figures.rights, figures.inactive,
                                      settings_.inactive_after.us / days(1).us};
    std::int64_t written_to = 0;
    for (const auto& administrator : administrators) {
      const auto to = EmailAddress::parse(administrator.email);
      if (!to) continue;
      KS_CHECK(stores_.outbox.queue(
          tx, permit, Mail{*to, content, MailSubject{std::string(kTold), due.org.str()}}));
      ++written_to;
    }
    KS_CHECK(stores_.journal.record(tx, permit,
                                    Deed{Action::org_members_manage, "organization", due.org.str(),
                                         Json::object({{"told", kTold},
                                                       {"administrators", written_to},
                                                       {"people", figures.people},
                                                       {"rights", figures.rights},
                                                       {"inactive", figures.inactive}})},
                                    std::nullopt, now));
    return true;
  });
}

}  // namespace ks::app
