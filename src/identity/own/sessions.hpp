#pragma once

#include <string_view>
#include <vector>

#include "identity/own/links.hpp"

namespace ks {

// The sessions of whoever asks, and the password that opens them.
class OwnSessions {
 public:
  // How often an account's password is changed, each of which mails its address and takes a hash.
  static constexpr RateBound kPasswordChanges{10, hours(1)};

  OwnSessions(const AccountParts& parts, const MailedLinks& links) : parts_(parts), links_(links) {}

  struct Item {
    OwnSession session;
    bool current = false;
  };
  // Those that live, the last used first.
  Result<std::vector<Item>> list(Tx&, const Caller&) const;
  // Ends one; true when it was the caller's own. not_found when the caller has no such session,
  // whoever's it is.
  Result<bool> end(Tx&, const Caller&, std::string_view id) const;
  // Ends all but the caller's own.
  Result<void> end_others(Tx&, const Caller&) const;

  // Sets the password and ends the other sessions; the caller's own goes on under a new token. 403
  // "reauthentication_required", 422 (/password), 401 "unauthenticated" when the session ended
  // meanwhile, 409 "no_password" for the account of development mode, 429 "too_many_requests".
  struct Renewed {
    UserRow user;
    std::string token;
  };
  Result<Renewed> change_password(const ClientScope&, const Caller&, std::string_view token,
                                  std::string_view password);

 private:
  AccountParts parts_;
  const MailedLinks& links_;
};

}  // namespace ks
