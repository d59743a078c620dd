#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "domain/mail/email_address.hpp"
#include "domain/mail/link_token.hpp"
#include "identity/account_parts.hpp"
#include "identity/network.hpp"

namespace ks {

struct LinkBounds {
  // Mails that are asked for one address or account: from one network, and from all together. The
  // second bound is what keeps a mailbox from being filled by many.
  RateBound asked_per_account{5, hours(1)};
  RateBound asked_per_account_anywhere{20, hours(1)};
  RateBound asked_per_network{30, hours(1)};
  // Mails of one purpose to one mailbox (EmailAddress::mailbox()) from all together: so many in a
  // day, and then one an hour still of each account, or from each network where there is none yet,
  // so that nobody elsewhere keeps the mailbox's own person from theirs for longer. Each purpose
  // counts for itself: what is sent of one takes nothing from another.
  RateBound mailed_per_mailbox{20, hours(24)};
  RateBound mailed_beyond{1, hours(1)};
  // Tokens that somebody tries; there are too many to guess one, but each costs a look-up.
  RateBound tried_per_network{100, minutes(15)};
};

// Links that are mailed to an address. A token is 256 random bits behind the '#' of the link, so
// that no log and no Referer has it; the database has its hash. It works for one purpose, once, in
// the client that it was made in, until it expires or a newer one takes its place (of sign-ups a
// few stand side by side).
class MailedLinks {
 public:
  MailedLinks(const AccountParts& parts, std::string key, LinkBounds bounds)
      : parts_(parts), key_(std::move(key)), bounds_(bounds) {}

  // Of what, for the tables: names nobody.
  std::string hashed(const ClientScope&, std::string_view kind, std::string_view what) const;

  // The same of where somebody comes from.
  NetworkKeys network_keys(const ClientScope&, std::string_view kind, const Trail&) const;

  // Counts that `kind` of mail is asked for `whom`, and that it is sent to `to`, where that is not
  // counted by count_mail(). 429 "too_many_requests", 503 "mail_off". Whether there is an account
  // plays no part.
  Result<void> count_ask(const ClientScope&, std::string_view kind, std::string_view whom,
                         const std::optional<EmailAddress>& to, const Trail&);

  // Counts one more mail of a purpose to a mailbox, in the transaction that queues it. `spare`: by
  // what those are counted that go beyond the day's.
  Result<RateTry> count_mail(Tx&, const ClientScope&, std::string_view kind,
                             std::string_view mailbox, std::string_view spare) const;

  struct Fresh {
    LinkToken token;
    AccountLink row;  // With its token's hash and both times.
  };
  Fresh fresh(AccountLink row, Duration life) const;

  // The link that the token opens; link_invalid() for every other. Counted by network.
  Result<AccountLink> find(const ClientScope&, LinkPurpose, std::string_view token, const Trail&);
  // In the transaction of what the link is for: nobody can use it again.
  Result<AccountLink> use(Tx&, const ClientScope&, const AccountLink& found) const;

 private:
  AccountParts parts_;
  std::string key_;
  LinkBounds bounds_;
};

}  // namespace ks
