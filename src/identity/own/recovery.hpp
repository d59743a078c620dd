#pragma once

#include <string_view>

#include "identity/own/links.hpp"

namespace ks {

// A new password for whoever reads the mail of the account's address. From any thread.
class Recovery {
 public:
  Recovery(const AccountParts& parts, MailedLinks& links) : parts_(parts), links_(links) {}

  // Mails a link to the account's own stored address where there is an account; the answer, the
  // work and the counts are the same where there is none, and where the mailbox has been sent as
  // many as it may be. 422 (/email), 429, 503 "mail_off".
  Result<void> ask(const ClientScope&, std::string_view email, const SessionGate::TrailPtr&);

  // Sets the password and ends every session and every other link of the account but ways back.
  // Nobody is signed in by it. 404 "link_invalid", 422 (/password), 429.
  Result<void> finish(const ClientScope&, std::string_view token, std::string_view password,
                      const SessionGate::TrailPtr&);

 private:
  // `there`: whether the row is of an account.
  Result<void> mail(Tx&, const ClientScope&, const AccountLink& row, const LinkToken& token,
                    bool there);

  AccountParts parts_;
  MailedLinks& links_;
};

// What ends with a password: all sessions but that of `kept` (a token's hash, or ""), links that
// would set another one, and a change of address that somebody asked for.
Result<void> end_access(Tx&, const AccountParts&, const ClientScope&, const UserId&,
                        std::string_view kept);

}  // namespace ks
