#include "sql/mails.hpp"

#include "sql/accounts.hpp"
#include "sql/driver/sql_tx.hpp"
#include "sql/statements.hpp"

namespace ks {

std::string_view name(MailState state) {
  switch (state) {
    case MailState::queued:
      return "queued";
    case MailState::sending:
      return "sending";
    case MailState::sent:
      return "sent";
    case MailState::failed:
      return "failed";
    case MailState::cancelled:
      return "cancelled";
  }
  return {};
}

std::optional<MailState> mail_state(std::string_view text) {
  for (const auto state : {MailState::queued, MailState::sending, MailState::sent,
                           MailState::failed, MailState::cancelled})
    if (name(state) == text) return state;
  return std::nullopt;
}

}  // namespace ks

namespace ks::sql {

namespace {

std::optional<MailDelivery> delivery_at(const std::optional<Row>& row) {
  if (!row) return std::nullopt;
  const auto state = mail_state(row->text(0));
  KS_ASSERT(state.has_value());
  return MailDelivery{*state, row->str(1), static_cast<int>(row->integer(2)), row->time(3),
                      row->time(4)};
}

}  // namespace

Result<std::optional<MailReader>> SqlMailStore::find_reader(Tx& tx, const ClientScope& scope,
                                                            std::string_view address) {
  KS_TRY(const auto row, sql_tx(tx).run(scope, q::mail_reader, address));
  if (!row) return std::optional<MailReader>();
  return std::optional(MailReader{row->id<User>(0), locale_or_english(row->text(1))});
}

Result<void> SqlMailStore::create(Tx& tx, const ClientScope& scope, const NewMail& mail) {
  KS_CHECK(sql_tx(tx).run(scope, q::mail_create_for_client, mail.id, mail.kind, mail.about.kind,
                          mail.about.id, mail.sealed, mail.now, mail.give_up_at));
  return {};
}

Result<void> SqlMailStore::create(Tx& tx, const AnyPermit& permit, const NewMail& mail) {
  KS_CHECK(sql_tx(tx).run(permit, q::mail_create, mail.id, mail.kind, mail.about.kind,
                          mail.about.id, mail.sealed, mail.now, mail.give_up_at,
                          mail.recipient ? mail.recipient->str() : std::string()));
  return {};
}

Result<int> SqlMailStore::cancel(Tx& tx, const ClientScope& scope, const MailSubject& about,
                                 Time now) {
  KS_TRY(const auto changed,
         sql_tx(tx).run(scope, q::mails_cancel_for_client, now, about.kind, about.id));
  return static_cast<int>(changed);
}

Result<int> SqlMailStore::cancel(Tx& tx, const AnyPermit& permit, const MailSubject& about,
                                 Time now) {
  KS_TRY(const auto changed, sql_tx(tx).run(permit, q::mails_cancel, now, about.kind, about.id));
  return static_cast<int>(changed);
}

Result<int> SqlMailStore::cancel_to(Tx& tx, const AnyPermit& permit, const UserId& recipient,
                                    Time now) {
  KS_TRY(const auto changed, sql_tx(tx).run(permit, q::mails_cancel_to, now, recipient.str()));
  return static_cast<int>(changed);
}

Result<int> SqlMailStore::cancel_to(Tx& tx, const AnyPermit& permit, const UserId& recipient,
                                    const MailSubject& about, Time now) {
  KS_TRY(const auto changed, sql_tx(tx).run(permit, q::mails_cancel_part_to, now, recipient.str(),
                                            about.kind, about.id));
  return static_cast<int>(changed);
}

Result<int> SqlMailStore::cancel_all(Tx& tx, const AnyPermit& permit, Time now) {
  KS_TRY(const auto changed, sql_tx(tx).run(permit, q::mails_cancel_all, now));
  return static_cast<int>(changed);
}

Result<RateTry> SqlMailStore::count_try(Tx& tx, const ClientScope& scope, std::string_view key,
                                        RateBound bound, Time now) {
  return counted_try(tx, scope, key, bound, now);
}

Result<MailTally> SqlMailStore::tally(Tx& tx, const AnyPermit& permit, std::string_view kind,
                                      Time hour_ago, Time day_ago) {
  KS_TRY(const Row row, sql_tx(tx).run(permit, q::mails_per_kind, hour_ago, kind, day_ago));
  return MailTally{row.integer(2), row.time(3), row.integer(0), row.time(1)};
}

Result<std::int64_t> SqlMailStore::count_to(Tx& tx, const AnyPermit& permit,
                                            const UserId& recipient, std::string_view kind,
                                            Time day_ago) {
  KS_TRY(const Row row,
         sql_tx(tx).run(permit, q::mails_per_recipient, recipient.str(), kind, day_ago));
  return row.integer(0);
}

Result<std::optional<MailDelivery>> SqlMailStore::delivery(Tx& tx, const ClientScope& scope,
                                                           const MailSubject& about) {
  KS_TRY(const auto row, sql_tx(tx).run(scope, q::mail_delivery_for_client, about.kind, about.id));
  return delivery_at(row);
}

Result<std::optional<MailDelivery>> SqlMailStore::delivery(Tx& tx, const AnyPermit& permit,
                                                           const MailSubject& about) {
  KS_TRY(const auto row, sql_tx(tx).run(permit, q::mail_delivery, about.kind, about.id));
  return delivery_at(row);
}

Result<std::vector<DueMail>> SqlMailStore::due(Tx& tx, const FleetScope& fleet, Time now,
                                               int limit) {
  KS_TRY(const auto rows, sql_tx(tx).run(fleet, q::mails_due, now, limit));
  std::vector<DueMail> out;
  for (const Row& row : rows) out.push_back({row.id<Client>(0), row.str(1), row.id<Mail>(2)});
  return out;
}

Result<std::optional<ClaimedMail>> SqlMailStore::claim(Tx& tx, const FleetScope& fleet,
                                                       const DueMail& mail, Time now, Time until) {
  KS_TRY(const auto row,
         sql_tx(tx).run(fleet, q::mail_claim, until, now, mail.client, mail.owner, mail.id));
  if (!row) return std::optional<ClaimedMail>();
  return std::optional(
      ClaimedMail{mail, row->str(0), row->str(1), row->integer(2), row->time(3), row->time(4)});
}

Result<bool> SqlMailStore::set_sent(Tx& tx, const FleetScope& fleet, const ClaimedMail& mail,
                                    Time now) {
  KS_TRY(const auto changed,
         sql_tx(tx).run(fleet, q::mail_settle, name(MailState::sent), "", now, mail.key.client,
                        mail.key.owner, mail.key.id, mail.attempt));
  return changed > 0;
}

Result<bool> SqlMailStore::set_failed(Tx& tx, const FleetScope& fleet, const ClaimedMail& mail,
                                      std::string_view reason, Time now) {
  KS_TRY(const auto changed,
         sql_tx(tx).run(fleet, q::mail_settle, name(MailState::failed), reason, now,
                        mail.key.client, mail.key.owner, mail.key.id, mail.attempt));
  return changed > 0;
}

Result<bool> SqlMailStore::set_again(Tx& tx, const FleetScope& fleet, const ClaimedMail& mail,
                                     Time at, std::string_view reason, Time now) {
  KS_TRY(const auto changed, sql_tx(tx).run(fleet, q::mail_again, reason, at, now, mail.key.client,
                                            mail.key.owner, mail.key.id, mail.attempt));
  return changed > 0;
}

Result<MailStore::Waiting> SqlMailStore::waiting(Tx& tx, const FleetScope& fleet) {
  KS_TRY(const Row row, sql_tx(tx).run(fleet, q::mails_waiting));
  return Waiting{row.integer(0), row.integer(1), row.time(2)};
}

Result<std::int64_t> SqlMailStore::forget_settled(Tx& tx, const FleetScope& fleet, Time before,
                                                  int limit) {
  return sql_tx(tx).run(fleet, q::mails_forget_settled, before, limit);
}

}  // namespace ks::sql
