#include "identity/own/address.hpp"

#include "authz/recent.hpp"
#include "identity/new_account.hpp"
#include "identity/own/recovery.hpp"
#include "identity/refusals.hpp"

namespace ks {

namespace {

constexpr Duration kChangeLinkLife = hours(24);
constexpr Duration kWayBackLife = days(7);

ClientDeed moved(std::string_view action, const UserId& user, const std::string& before,
                 const std::string& after) {
  ClientDeed deed = deed_of(action, user);
  deed.detail = Json::object({{"before", Json::object()}, {"after", Json::object()}});
  deed.personal = {{{"before", "email"}, before}, {{"after", "email"}, after}};
  return deed;
}

}  // namespace

Result<void> OwnAddress::ask(const ClientScope& scope, const Caller& caller,
                             std::string_view email) {
  KS_CHECK(require_recent_password(caller.person(), parts_.clock.now()));
  const auto given = EmailAddress::parse(email);
  if (!given) return invalid({Fault{"/email", given.error().message}});
  const UserRow& user = caller.user();
  const std::string address = given->key();
  // As it will be stored.
  KS_TRY(const EmailAddress to, EmailAddress::parse(address));
  if (address == user.email && user.email_proved)
    return invalid({Fault{"/email", "is the address of your account already"}});
  const Trail& trail = *caller.person().trail();
  KS_CHECK(links_.count_ask(scope, "address", user.id.str(), std::nullopt, trail));
  KS_CHECK(links_.count_ask(scope, "address-to", address, to, trail));
  const MailSubject about{"address", user.id.str()};
  const MailedLinks::Fresh fresh = links_.fresh({.purpose = LinkPurpose::change_address,
                                                 .subject = user.id.str(),
                                                 .token_hash = {},
                                                 .user = user.id,
                                                 .address = address,
                                                 .name = {},
                                                 .password_hash = {},
                                                 .created_at = {},
                                                 .expires_at = {}},
                                                kChangeLinkLife);
  return parts_.db.write([&](Tx& tx) -> Result<void> {
    KS_CHECK(parts_.links.put(tx, scope, fresh.row));
    KS_TRY(const auto known, parts_.store.find_user(tx, scope, address));
    KS_TRY(const auto kept_for, parts_.links.way_back_to(tx, scope, address, fresh.row.created_at));
    const bool taken =
        (known && known->user.id != user.id) || (kept_for && kept_for->user != user.id);
    MailContent content = mails::ChangeAddress{fresh.token, fresh.row.expires_at};
    if (taken) content = mails::AccountExists{};
    const Locale locale = kept_for ? kept_for->locale : user.locale;
    KS_CHECK(parts_.outbox.cancel(tx, scope, about));
    KS_CHECK(parts_.outbox.queue(
        tx, scope, Mail{.to = to, .content = content, .about = about, .locale = locale}));
    // While it can still be stopped. Not under `about`: asking once more must not take it back.
    // Nobody is told at dev@localhost, nor of a proof of the address that the account has.
    if (const auto present = EmailAddress::parse(user.email); present && address != user.email)
      KS_CHECK(parts_.outbox.queue(tx, scope,
                                   Mail{.to = *present,
                                        .content = mails::AddressAsked{to, fresh.row.created_at},
                                        .about = {"account", user.id.str()},
                                        .locale = user.locale}));
    ClientDeed deed = deed_of(account_actions::kAskAddress, user.id);
    deed.personal = {{{"email"}, address}};
    return parts_.audit.record(tx, scope, deed, trail, fresh.row.created_at);
  });
}

Result<UserRow> OwnAddress::owner_of(Tx& tx, const ClientScope& scope, const AccountLink& link) {
  KS_TRY(auto user, parts_.store.find_person(tx, scope, link.user));
  if (!user || !user->active) return link_invalid();
  return std::move(*user);
}

Result<void> OwnAddress::check_own(const ClientScope& scope, const AccountLink& link,
                                   std::optional<std::string_view> presented,
                                   const SessionGate::TrailPtr& trail) {
  if (!presented) return link_invalid();
  const auto caller = parts_.gate.load(scope, *presented, trail);
  if (!caller && caller.error().problem != "unauthenticated")
    return std::unexpected(caller.error());
  if (!caller || caller->user().id != link.user) return link_invalid();
  return {};
}

Result<void> OwnAddress::move(Tx& tx, const ClientScope& scope, const UserRow& user,
                              const EmailAddress& to, const MailedLinks::Fresh* back, Time now) {
  KS_TRY(const bool moved, parts_.store.set_email(tx, scope, user.id, to.key(), now));
  if (!moved) return address_taken();
  // Asked for after the change, as at a sign-up.
  KS_TRY(const auto kept_for, parts_.links.way_back_to(tx, scope, to.key(), now));
  if (kept_for && kept_for->user != user.id) return address_taken();
  if (to.key() == user.email) return {};
  // An address that nobody has shown to read may be a stranger's, by a slip of the pen.
  const bool with_way_back = user.email_proved && back != nullptr;
  if (with_way_back) KS_CHECK(parts_.links.put(tx, scope, back->row));
  const auto old = EmailAddress::parse(user.email);
  // dev@localhost, which no mail is sent to.
  if (!old) return {};
  MailContent content = mails::AddressReplaced{to, now};
  if (with_way_back) content = mails::AddressChanged{to, now, back->token, back->row.expires_at};
  // The account has that address no more.
  return parts_.outbox.queue(tx, scope,
                             Mail{.to = *old,
                                  .content = std::move(content),
                                  .about = {"account", user.id.str()},
                                  .locale = user.locale});
}

Result<void> OwnAddress::confirm(const ClientScope& scope, std::string_view token,
                                 std::optional<std::string_view> presented,
                                 const SessionGate::TrailPtr& trail) {
  KS_TRY(const AccountLink link, links_.find(scope, LinkPurpose::change_address, token, *trail));
  KS_TRY(const EmailAddress to, EmailAddress::parse(link.address));
  const std::string kept = presented ? SessionGate::token_hash(*presented) : std::string();
  // Who reads the mail need not be who asked for it. Otherwise somebody could lead a stranger into
  // an account whose password, and whose way back, they keep.
  KS_CHECK(check_own(scope, link, presented, trail));
  const Time now = parts_.clock.now();
  return parts_.db.write([&](Tx& tx) -> Result<void> {
    KS_CHECK(links_.use(tx, scope, link));
    KS_TRY(const UserRow user, owner_of(tx, scope, link));
    const MailedLinks::Fresh back = links_.fresh({.purpose = LinkPurpose::restore_address,
                                                  .subject = user.id.str() + "\n" + user.email,
                                                  .token_hash = {},
                                                  .user = user.id,
                                                  .address = user.email,
                                                  .name = {},
                                                  .password_hash = {},
                                                  .created_at = {},
                                                  .expires_at = {}},
                                                 kWayBackLife);
    KS_CHECK(move(tx, scope, user, to, &back, now));
    // A proof of the address that the account has changes nothing for anybody.
    if (to.key() != user.email) KS_CHECK(end_access(tx, parts_, scope, user.id, kept));
    return parts_.audit.record(
        tx, scope, moved(account_actions::kAddress, user.id, user.email, to.key()), *trail, now);
  });
}

Result<void> OwnAddress::prove(Tx& tx, const ClientScope& scope, const UserRow& user,
                               const Trail& trail) {
  if (user.email_proved) return {};
  const Time now = parts_.clock.now();
  KS_TRY(const bool proved, parts_.store.set_email(tx, scope, user.id, user.email, now));
  if (!proved) return bug("an account's own address is taken");
  return parts_.audit.record(tx, scope, deed_of(account_actions::kProveAddress, user.id), trail,
                             now);
}

Result<void> OwnAddress::restore(const ClientScope& scope, std::string_view token,
                                 std::string_view password, const SessionGate::TrailPtr& trail) {
  KS_TRY(const AccountLink link, links_.find(scope, LinkPurpose::restore_address, token, *trail));
  KS_TRY(const EmailAddress to, EmailAddress::parse(link.address));
  if (const auto ok = check_password(password); !ok)
    return invalid({Fault{"/password", ok.error().message}});
  KS_TRY(const std::string hash, parts_.hasher.hash(password));
  const Time now = parts_.clock.now();
  return parts_.db.write([&](Tx& tx) -> Result<void> {
    KS_CHECK(links_.use(tx, scope, link));
    KS_TRY(const UserRow user, owner_of(tx, scope, link));
    KS_CHECK(parts_.store.set_password(tx, scope, user.id, hash, now));
    KS_CHECK(move(tx, scope, user, to, nullptr, now));
    KS_CHECK(end_access(tx, parts_, scope, user.id, {}));
    KS_CHECK(parts_.links.drop(tx, scope, user.id, LinkPurpose::restore_address, link.created_at));
    KS_CHECK(parts_.outbox.queue(tx, scope,
                                 Mail{.to = to,
                                      .content = mails::PasswordChanged{now},
                                      .about = {"account", user.id.str()}}));
    return parts_.audit.record(
        tx, scope, moved(account_actions::kRestoreAddress, user.id, user.email, to.key()), *trail,
        now);
  });
}

}  // namespace ks
