#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "authz/permit.hpp"
#include "domain/mail/mail.hpp"
#include "store/transaction.hpp"

namespace ks {

// queued -> sending -> sent; from either of the first two back to queued (tried again later),
// to failed or to cancelled. The last three are final.
enum class MailState { queued, sending, sent, failed, cancelled };
std::string_view name(MailState state);
std::optional<MailState> mail_state(std::string_view name);

// How far a mail has come, for people who may know of it; names no address.
struct MailDelivery {
  MailState state = MailState::queued;
  // Why it has failed, or why it waits after a try: "refused 550 5.1.1", "unreachable". May be "".
  std::string reason;
  int attempts = 0;
  Time queued_at;
  Time changed_at;
};

// How many mails of one kind an organization queued within an hour and within a day, and when the
// first of each of them.
struct MailTally {
  std::int64_t hour = 0;
  Time hour_first;
  std::int64_t day = 0;
  Time day_first;
};

// Mail to send. A use case queues it in the transaction of what it is about: when that is not
// committed the mail was never there, and when it is the mail will be sent, once, by a background
// worker that may be another process. Recipient and content are sealed until then and wiped after.
//
// It is written in the language of whoever has the address, at the moment of queueing; see Mail.
//
// What one organization tells one account over and over is bounded: of the kinds that somebody can
// cause at will, no more than kToldADay in a day are queued; the others are dropped without a word.
//
// The forms with a permit are for an organization's mail, those with a ClientScope for a person's
// own (sign-up, passwords); neither sees the other's.
class Outbox {
 public:
  static constexpr std::int64_t kToldADay = 20;
  static constexpr std::int64_t kInvitationsADay = 20;
  static constexpr std::int64_t kInvitationsOfOneADay = 10;

  virtual ~Outbox() = default;

  // Whether mail is configured at all. Where it is not, queue() drops what merely tells something
  // and answers `unavailable` "mail_off" for what nothing goes on without.
  virtual bool on() const = 0;

  virtual Result<void> queue(Tx&, const ClientScope&, const Mail&) = 0;
  virtual Result<void> queue(Tx&, const AnyPermit&, const Mail&) = 0;

  // Mail about this that has not left yet is not sent any more. For what was revoked or replaced:
  // cancel, then queue anew. Gives how many.
  virtual Result<int> cancel(Tx&, const ClientScope&, const MailSubject&) = 0;
  virtual Result<int> cancel(Tx&, const AnyPermit&, const MailSubject&) = 0;
  // For who is no member any more: what the organization told them as one. Not invitations, nor
  // that the membership, or their ownership, is over.
  virtual Result<int> cancel_to(Tx&, const AnyPermit&, const UserId&) = 0;
  // For who has lost a part of what they had: what they were told of `about`, and of every subject
  // of its kind where its id is empty.
  virtual Result<int> cancel_to(Tx&, const AnyPermit&, const UserId&, const MailSubject& about) = 0;
  // For an organization that writes to nobody any more: everything but that a membership, or an
  // ownership, is over.
  virtual Result<int> cancel_all(Tx&, const AnyPermit&) = 0;

  // Whether one more of this kind would be dropped. For what must not happen to somebody untold.
  virtual Result<bool> told_enough(Tx&, const AnyPermit&, const UserId&, std::string_view kind) = 0;
  // Counts one more invitation to this address, before it is queued. To one mailbox go in a day no
  // more than kInvitationsOfOneADay of one organization and kInvitationsADay of all together, and
  // beyond these one of each, so that none keeps another from inviting somebody. Nothing: it may
  // go. Else when there may be another; of what others have sent it tells no time.
  virtual Result<std::optional<Time>> count_invitation(Tx&, const AnyPermit&,
                                                       const EmailAddress&) = 0;
  virtual Result<MailTally> tally(Tx&, const AnyPermit&, std::string_view kind) = 0;

  // Of the newest mail about this.
  virtual Result<std::optional<MailDelivery>> delivery(Tx&, const ClientScope&,
                                                       const MailSubject&) = 0;
  virtual Result<std::optional<MailDelivery>> delivery(Tx&, const AnyPermit&,
                                                       const MailSubject&) = 0;
};

}  // namespace ks
