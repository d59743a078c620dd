#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "store/accounts.hpp"
#include "store/outbox.hpp"

namespace ks {

// A mail as the database keeps it; what it says is sealed.
struct NewMail {
  MailId id;
  std::string kind;
  MailSubject about;
  std::string sealed;
  Time now;
  Time give_up_at;  // Tried until then.
  // The account that it is to; none where nobody has the address. Kept of an organization's mail.
  std::optional<UserId> recipient;
};

// Whoever has an address.
struct MailReader {
  UserId id;
  Locale locale = Locale::en;
};

// Whose mail and which.
struct DueMail {
  ClientId client;
  std::string owner;  // The organization's id, or zeros for a person's own.
  MailId id;
};

// A mail that this process may send now, and nobody else until the claim runs out.
struct ClaimedMail {
  DueMail key;
  std::string kind;
  std::string sealed;
  std::int64_t attempt = 0;  // Of this try, from 1.
  Time queued_at;
  Time give_up_at;
};

// The rows behind the Outbox, and what the process that sends does with them.
class MailStore {
 public:
  virtual ~MailStore() = default;

  // The account that has the address, in the form of normal_email(); nothing where none has it.
  virtual Result<std::optional<MailReader>> find_reader(Tx&, const ClientScope&,
                                                        std::string_view address) = 0;
  virtual Result<void> create(Tx&, const ClientScope&, const NewMail&) = 0;
  virtual Result<void> create(Tx&, const AnyPermit&, const NewMail&) = 0;
  virtual Result<int> cancel(Tx&, const ClientScope&, const MailSubject&, Time now) = 0;
  virtual Result<int> cancel(Tx&, const AnyPermit&, const MailSubject&, Time now) = 0;
  // See Outbox.
  virtual Result<int> cancel_to(Tx&, const AnyPermit&, const UserId&, Time now) = 0;
  virtual Result<int> cancel_to(Tx&, const AnyPermit&, const UserId&, const MailSubject&,
                                Time now) = 0;
  virtual Result<int> cancel_all(Tx&, const AnyPermit&, Time now) = 0;
  // As AccountStore's, of the same counts.
  virtual Result<RateTry> count_try(Tx&, const ClientScope&, std::string_view key, RateBound,
                                    Time now) = 0;
  virtual Result<MailTally> tally(Tx&, const AnyPermit&, std::string_view kind, Time hour_ago,
                                  Time day_ago) = 0;
  virtual Result<std::int64_t> count_to(Tx&, const AnyPermit&, const UserId&, std::string_view kind,
                                        Time day_ago) = 0;
  virtual Result<std::optional<MailDelivery>> delivery(Tx&, const ClientScope&,
                                                       const MailSubject&) = 0;
  virtual Result<std::optional<MailDelivery>> delivery(Tx&, const AnyPermit&,
                                                       const MailSubject&) = 0;

  // What may be sent at `now`, oldest first; also what a process claimed that is gone since.
  virtual Result<std::vector<DueMail>> due(Tx&, const FleetScope&, Time now, int limit) = 0;
  // Nothing when it was cancelled or claimed meanwhile.
  virtual Result<std::optional<ClaimedMail>> claim(Tx&, const FleetScope&, const DueMail&, Time now,
                                                   Time until) = 0;
  // Each false when the mail is no longer this try's: the claim ran out and another took it, or it
  // was cancelled.
  virtual Result<bool> set_sent(Tx&, const FleetScope&, const ClaimedMail&, Time now) = 0;
  virtual Result<bool> set_failed(Tx&, const FleetScope&, const ClaimedMail&,
                                  std::string_view reason, Time now) = 0;
  virtual Result<bool> set_again(Tx&, const FleetScope&, const ClaimedMail&, Time at,
                                 std::string_view reason, Time now) = 0;

  struct Waiting {
    std::int64_t queued = 0;
    std::int64_t sending = 0;
    Time oldest;  // When the oldest of them was queued; zero when there is none.
  };
  virtual Result<Waiting> waiting(Tx&, const FleetScope&) = 0;
  // At most `limit` that were settled before this moment; gives how many.
  virtual Result<std::int64_t> forget_settled(Tx&, const FleetScope&, Time before, int limit) = 0;
};

}  // namespace ks
