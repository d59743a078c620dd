#pragma once

#include <optional>
#include <string_view>

#include "identity/own/links.hpp"

namespace ks {

// The address of an account: a new one counts once its mail has been read, and the old one is told,
// with a way back. From any thread.
class OwnAddress {
 public:
  OwnAddress(const AccountParts& parts, MailedLinks& links) : parts_(parts), links_(links) {}

  // Mails a link to the new address, or, where that is another account's, that it is. The answer
  // and the work are the same. The caller's own address is taken too while it is not proved. 403
  // "reauthentication_required", 422 (/email), 429, 503 "mail_off".
  Result<void> ask(const ClientScope&, const Caller&, std::string_view email);

  // Makes the link's address that of its account, which the session of `presented`, the token of
  // the request's cookie, has to be of; all its other sessions end. 404 "link_invalid", also
  // without such a session, 409 "address_taken", 429.
  Result<void> confirm(const ClientScope&, std::string_view token,
                       std::optional<std::string_view> presented, const SessionGate::TrailPtr&);

  // Writes down that the person reads the mail of the account's own address, in the transaction of
  // the link that showed it; nothing where that is known.
  Result<void> prove(Tx&, const ClientScope&, const UserRow&, const Trail&);

  // Makes an address that it was before that of the account again, for whoever reads its mail, with
  // a new password: whoever changed it knew the old one. All sessions end, and the ways back to
  // what it was changed to since. 404 "link_invalid", 409 "address_taken", 422 (/password), 429.
  Result<void> restore(const ClientScope&, std::string_view token, std::string_view password,
                       const SessionGate::TrailPtr&);

 private:
  Result<void> check_own(const ClientScope&, const AccountLink&,
                         std::optional<std::string_view> presented, const SessionGate::TrailPtr&);
  Result<UserRow> owner_of(Tx&, const ClientScope&, const AccountLink&);
  // Sets it and tells the old one, with a way back where that is proved and `back` is given.
  Result<void> move(Tx&, const ClientScope&, const UserRow&, const EmailAddress& to,
                    const MailedLinks::Fresh* back, Time now);

  AccountParts parts_;
  MailedLinks& links_;
};

}  // namespace ks
