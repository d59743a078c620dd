#include "mail/outbox.hpp"

#include <algorithm>
#include <array>
#include <type_traits>

namespace ks::mail {

namespace {

// What no server has taken for a day reaches nobody in time.
constexpr Duration kTriedFor = hours(24);

// What those who lead an organization can make happen to somebody again and again.
constexpr std::array<std::string_view, 9> kRepeatable{
    "team_added",          "member_removed",    "member_reinstated",
    "ownership_offer",     "ownership_offered", "ownership_declined",
    "ownership_withdrawn", "ownership_ended",   "organization_deleted"};

std::string purpose(const MailId& id) { return "mail/" + id.str(); }

}  // namespace

NewMail SealedOutbox::sealed(const ClientId& client, const Mail& mail,
                             const std::optional<MailReader>& reader, MailDraft draft) {
  const MailId id = MailId::make(clock_, random_);
  const Time now = clock_.now();
  const Time give_up_at = std::min(draft.useful_until.value_or(now + kTriedFor), now + kTriedFor);
  const Locale locale = reader ? reader->locale : mail.locale;
  const auto recipient = reader ? std::optional(reader->id) : std::nullopt;
  std::string kind = draft.kind;
  std::string text = envelope_.seal_for(random_, client, purpose(id),
                                        to_text(AddressedDraft{mail.to, locale, std::move(draft)}));
  return NewMail{id, std::move(kind), mail.about, std::move(text), now, give_up_at, recipient};
}

Result<bool> SealedOutbox::told_enough(Tx& tx, const AnyPermit& permit, const UserId& reader,
                                       std::string_view kind) {
  if (std::ranges::find(kRepeatable, kind) == kRepeatable.end()) return false;
  KS_TRY(const std::int64_t told,
         store_.count_to(tx, permit, reader, kind, clock_.now() - hours(24)));
  return told >= kToldADay;
}

template <class Proof>
Result<void> SealedOutbox::queue_in(Tx& tx, const Proof& proof, const ClientScope& client,
                                    const Mail& mail) {
  MailDraft draft = draft_of(mail.content);
  if (!on()) {
    if (draft.notice) return {};
    return unavailable("mail_off", "This installation sends no mail, and this needs one.");
  }
  // Asked whoever the mail is for, so that its queueing takes as long without an account.
  KS_TRY(const auto reader, store_.find_reader(tx, client, mail.to.key()));
  if constexpr (std::is_same_v<Proof, AnyPermit>)
    if (reader) {
      KS_TRY(const bool dropped, told_enough(tx, proof, reader->id, draft.kind));
      if (dropped) return {};
    }
  return store_.create(tx, proof, sealed(client.client(), mail, reader, std::move(draft)));
}

Result<void> SealedOutbox::queue(Tx& tx, const ClientScope& scope, const Mail& mail) {
  return queue_in(tx, scope, scope, mail);
}

Result<void> SealedOutbox::queue(Tx& tx, const AnyPermit& permit, const Mail& mail) {
  return queue_in(tx, permit, permit.scope().client_scope(), mail);
}

Result<int> SealedOutbox::cancel(Tx& tx, const ClientScope& scope, const MailSubject& about) {
  return store_.cancel(tx, scope, about, clock_.now());
}

Result<int> SealedOutbox::cancel(Tx& tx, const AnyPermit& permit, const MailSubject& about) {
  return store_.cancel(tx, permit, about, clock_.now());
}

Result<int> SealedOutbox::cancel_to(Tx& tx, const AnyPermit& permit, const UserId& recipient) {
  return store_.cancel_to(tx, permit, recipient, clock_.now());
}

Result<int> SealedOutbox::cancel_to(Tx& tx, const AnyPermit& permit, const UserId& recipient,
                                    const MailSubject& about) {
  return store_.cancel_to(tx, permit, recipient, about, clock_.now());
}

Result<int> SealedOutbox::cancel_all(Tx& tx, const AnyPermit& permit) {
  return store_.cancel_all(tx, permit, clock_.now());
}

Result<std::optional<Time>> SealedOutbox::count_invitation(Tx& tx, const AnyPermit& permit,
                                                           const EmailAddress& to) {
  if (!on()) return std::optional<Time>();
  const ClientScope client = permit.scope().client_scope();
  const Time now = clock_.now();
  const auto count = [&](std::string_view what, const std::string& whom, std::int64_t tries) {
    return store_.count_try(tx, client, envelope_.mark(client.client(), what, whom),
                            {tries, hours(24)}, now);
  };
  const std::string ours = permit.scope().org().str() + "\n" + to.mailbox();
  KS_TRY(const RateTry own, count("invitations of", ours, kInvitationsOfOneADay));
  if (!own.allowed) return std::optional(own.again_at);
  KS_TRY(const RateTry all, count("invitations to", to.mailbox(), kInvitationsADay));
  if (all.allowed) return std::optional<Time>();
  KS_TRY(const RateTry spare, count("invitations beyond", ours, 1));
  if (spare.allowed) return std::optional<Time>();
  // When others have sent theirs is not told.
  return std::optional(now + hours(24));
}

Result<MailTally> SealedOutbox::tally(Tx& tx, const AnyPermit& permit, std::string_view kind) {
  const Time now = clock_.now();
  return store_.tally(tx, permit, kind, now - hours(1), now - hours(24));
}

Result<std::optional<MailDelivery>> SealedOutbox::delivery(Tx& tx, const ClientScope& scope,
                                                           const MailSubject& about) {
  return store_.delivery(tx, scope, about);
}

Result<std::optional<MailDelivery>> SealedOutbox::delivery(Tx& tx, const AnyPermit& permit,
                                                           const MailSubject& about) {
  return store_.delivery(tx, permit, about);
}

Result<AddressedDraft> unsealed(const Envelope& envelope, const ClientId& client, const MailId& id,
                                std::string_view sealed) {
  KS_TRY(const std::string text, envelope.open_for(client, purpose(id), sealed));
  return draft_from_text(text);
}

}  // namespace ks::mail
