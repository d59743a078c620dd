#include "identity/own/recovery.hpp"

#include "domain/name.hpp"
#include "identity/new_account.hpp"
#include "identity/own/login_tries.hpp"
#include "identity/refusals.hpp"

namespace ks {

namespace {
constexpr Duration kResetLinkLife = hours(1);
}  // namespace

Result<void> end_access(Tx& tx, const AccountParts& parts, const ClientScope& scope,
                        const UserId& user, std::string_view kept) {
  KS_CHECK(parts.store.end_sessions(tx, scope, user, kept));
  KS_CHECK(parts.links.drop(tx, scope, user, LinkPurpose::reset));
  return parts.links.drop(tx, scope, user, LinkPurpose::change_address);
}

Result<void> Recovery::ask(const ClientScope& scope, std::string_view email,
                           const SessionGate::TrailPtr& trail) {
  // Not dev@localhost, which no mail is sent to.
  const auto to = EmailAddress::parse(email);
  if (!to) return invalid({Fault{"/email", to.error().message}});
  const std::string address = to->key();
  KS_CHECK(links_.count_ask(scope, "reset", address, std::nullopt, *trail));
  const std::string subject = links_.hashed(scope, "link-subject", address);
  const MailedLinks::Fresh fresh = links_.fresh({.purpose = LinkPurpose::reset,
                                                 .subject = subject,
                                                 .token_hash = {},
                                                 .user = std::nullopt,
                                                 .address = address,
                                                 .name = {},
                                                 .password_hash = {},
                                                 .created_at = {},
                                                 .expires_at = {}},
                                                kResetLinkLife);
  return parts_.db.write([&](Tx& tx) -> Result<void> {
    AccountLink row = fresh.row;
    KS_TRY(const auto known, parts_.store.find_user(tx, scope, address));
    const bool there = known && known->user.active;
    if (there) row.user = known->user.id;
    // Told to nobody: what is asked for addresses without an account is counted alike and apart, or
    // it would use up what the mailbox of an account is sent.
    const std::string apart = there ? "" : "nobody ";
    KS_TRY(const RateTry mailed,
           links_.count_mail(tx, scope, "reset", apart + to->mailbox(), apart + address));
    // Where it is too many, the link that was mailed last goes on working.
    if (mailed.allowed) KS_CHECK(mail(tx, scope, row, fresh.token, there));
    ClientDeed deed;
    deed.action = account_actions::kForgot;
    deed.by = ClientDeed::By::anonymous;
    deed.target_kind = "account";
    deed.target_id = there ? known->user.id.str() : std::string();
    deed.personal = {{{"email"}, address}};
    return parts_.audit.record(tx, scope, deed, *trail, fresh.row.created_at);
  });
}

Result<void> Recovery::mail(Tx& tx, const ClientScope& scope, const AccountLink& row,
                            const LinkToken& token, bool there) {
  const MailSubject about{"password_reset", row.subject};
  KS_CHECK(parts_.links.put(tx, scope, row));
  // The stored address and no other. Without an account the same is written and taken back, so that
  // the work is the same.
  KS_TRY(const EmailAddress stored, EmailAddress::parse(row.address));
  if (there) KS_CHECK(parts_.outbox.cancel(tx, scope, about));
  KS_CHECK(parts_.outbox.queue(
      tx, scope,
      Mail{.to = stored, .content = mails::PasswordReset{token, row.expires_at}, .about = about}));
  if (!there) KS_CHECK(parts_.outbox.cancel(tx, scope, about));
  return {};
}

Result<void> Recovery::finish(const ClientScope& scope, std::string_view token,
                              std::string_view password, const SessionGate::TrailPtr& trail) {
  KS_TRY(const AccountLink link, links_.find(scope, LinkPurpose::reset, token, *trail));
  if (const auto ok = check_password(password); !ok)
    return invalid({Fault{"/password", ok.error().message}});
  KS_TRY(const std::string hash, parts_.hasher.hash(password));
  const Time now = parts_.clock.now();
  return parts_.db.write([&](Tx& tx) -> Result<void> {
    KS_CHECK(links_.use(tx, scope, link));
    KS_TRY(const auto user, parts_.store.find_person(tx, scope, link.user));
    // The address is another account's by now, or nobody's.
    if (!user || !user->active || user->email != link.address) return link_invalid();
    KS_CHECK(parts_.store.set_password(tx, scope, user->id, hash, now));
    KS_TRY(const bool proved, parts_.store.set_email(tx, scope, user->id, user->email, now));
    if (!proved) return bug("an account's own address is taken");
    KS_CHECK(end_access(tx, parts_, scope, user->id, {}));
    // Others' tries do not keep out whoever has just shown to be the owner.
    const LoginTries tries = login_tries(links_, scope, user->email, *trail);
    KS_CHECK(parts_.store.forget_tries(tx, scope, tries.by_account));
    KS_CHECK(parts_.store.remember_network(tx, scope, user->id, tries.network, now));
    KS_TRY(const EmailAddress to, EmailAddress::parse(user->email));
    KS_CHECK(parts_.outbox.queue(tx, scope,
                                 Mail{.to = to,
                                      .content = mails::PasswordChanged{now},
                                      .about = {"account", user->id.str()}}));
    return parts_.audit.record(tx, scope, deed_of(account_actions::kReset, user->id), *trail, now);
  });
}

}  // namespace ks
