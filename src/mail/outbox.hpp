#pragma once

#include "base/clock.hpp"
#include "base/random.hpp"
#include "domain/mail/draft.hpp"
#include "secrets/envelope.hpp"
#include "store/mails.hpp"

namespace ks::mail {

enum class Switch { on, off };

// Seals what is queued and keeps it in the store. The references outlive it.
class SealedOutbox final : public Outbox {
 public:
  SealedOutbox(MailStore& store, const Envelope& envelope, const Clock& clock, Random& random,
               Switch mail)
      : store_(store), envelope_(envelope), clock_(clock), random_(random), switch_(mail) {}

  bool on() const override { return switch_ == Switch::on; }
  Result<void> queue(Tx&, const ClientScope&, const Mail&) override;
  Result<void> queue(Tx&, const AnyPermit&, const Mail&) override;
  Result<int> cancel(Tx&, const ClientScope&, const MailSubject&) override;
  Result<int> cancel(Tx&, const AnyPermit&, const MailSubject&) override;
  Result<int> cancel_to(Tx&, const AnyPermit&, const UserId&) override;
  Result<int> cancel_to(Tx&, const AnyPermit&, const UserId&, const MailSubject&) override;
  Result<int> cancel_all(Tx&, const AnyPermit&) override;
  Result<bool> told_enough(Tx&, const AnyPermit&, const UserId&, std::string_view kind) override;
  Result<std::optional<Time>> count_invitation(Tx&, const AnyPermit&,
                                               const EmailAddress& to) override;
  Result<MailTally> tally(Tx&, const AnyPermit&, std::string_view kind) override;
  Result<std::optional<MailDelivery>> delivery(Tx&, const ClientScope&,
                                               const MailSubject&) override;
  Result<std::optional<MailDelivery>> delivery(Tx&, const AnyPermit&, const MailSubject&) override;

 private:
  NewMail sealed(const ClientId& client, const Mail& mail, const std::optional<MailReader>& reader,
                 MailDraft draft);
  template <class Proof>
  Result<void> queue_in(Tx& tx, const Proof& proof, const ClientScope& client, const Mail& mail);

  MailStore& store_;
  const Envelope& envelope_;
  const Clock& clock_;
  Random& random_;
  Switch switch_;
};

// What was sealed in this row of this client; no other opens.
Result<AddressedDraft> unsealed(const Envelope&, const ClientId&, const MailId&,
                                std::string_view sealed);

}  // namespace ks::mail
