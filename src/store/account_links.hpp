#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "authz/scope.hpp"
#include "domain/people/locale.hpp"
#include "store/transaction.hpp"

namespace ks {

// What a mailed link is good for. The token of one purpose is nothing for another.
enum class LinkPurpose { sign_up, reset, change_address, restore_address };
std::string_view name(LinkPurpose purpose);

// A link that was mailed to an address. Whoever brings its token back reads the mail there.
struct AccountLink {
  LinkPurpose purpose = LinkPurpose::sign_up;
  // What a newer link of the same purpose takes the place of; of a sign-up its own.
  std::string subject;
  // Hex of SHA-256 of the token; the token itself is only in the mail.
  std::string token_hash;
  // Whose account it is about; nobody's of a sign-up.
  std::optional<UserId> user;
  std::string address;  // As normal_email() gives it.
  // Of a sign-up: what the account will have.
  std::string name;
  std::string password_hash;
  Time created_at;
  Time expires_at;
  Locale locale = Locale::en;  // Of a sign-up, likewise.
};

class AccountLinkStore {
 public:
  virtual ~AccountLinkStore() = default;

  // Takes the place of the one with the same purpose and subject.
  virtual Result<void> put(Tx&, const ClientScope&, const AccountLink&) = 0;
  // Nothing when it is not there, is for another purpose, or has expired.
  virtual Result<std::optional<AccountLink>> find(Tx&, const ClientScope&, LinkPurpose,
                                                  std::string_view token_hash, Time now) = 0;
  // The same, and it is gone: of parallel calls with one token, one gets it.
  virtual Result<std::optional<AccountLink>> use(Tx&, const ClientScope&, LinkPurpose,
                                                 std::string_view token_hash, Time now) = 0;
  // Those that were mailed to the address and have not expired, oldest first.
  virtual Result<std::vector<AccountLink>> list(Tx&, const ClientScope&, LinkPurpose,
                                                std::string_view address, Time now) = 0;
  virtual Result<void> remove(Tx&, const ClientScope&, LinkPurpose, std::string_view subject) = 0;
  // Those of an account that were made at `since` or later.
  virtual Result<void> drop(Tx&, const ClientScope&, const UserId&, LinkPurpose,
                            Time since = {}) = 0;
  struct KeptFor {
    UserId user;
    Locale locale;
  };
  // Whose address it was and can be again: until then it is nobody else's.
  virtual Result<std::optional<KeptFor>> way_back_to(Tx&, const ClientScope&,
                                                     std::string_view address, Time now) = 0;
};

}  // namespace ks
