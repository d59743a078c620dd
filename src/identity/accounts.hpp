#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "authz/scope.hpp"
#include "base/clock.hpp"
#include "base/random.hpp"
#include "domain/audit/allowance.hpp"
#include "identity/password.hpp"
#include "identity/session_gate.hpp"
#include "store/accounts.hpp"
#include "store/audit.hpp"
#include "store/transaction.hpp"

namespace ks {

struct SignUpRequest {
  std::string email;
  std::string password;
  std::string name;
};

// The answer to a proof of identity. `token` goes into the cookie and nowhere else: it is in no
// log, no error and no table.
struct SignedIn {
  UserRow user;
  std::string token;
};

// Creates what a first sign-up brings (organization, owner, default team), inside the transaction
// that creates the user. It may run more than once, each time in a fresh transaction.
using Founding = std::function<Result<void>(Tx&, const PersonScope&, const TenantScope& founding,
                                            const UserRow&)>;

enum class SignUpMode { open, closed };

// Shows that whoever signs up reads the mail of an address: they came by a link that was mailed
// there, such as an invitation's. Whoever makes one has checked and used up the link's token, in
// the transaction of the sign-up or before.
struct AddressProof {
  std::string address;  // As normal_email() gives it.
};

struct AccountBounds {
  // At one account from one network. Reset by a success.
  RateBound login_per_account{10, minutes(15), RateBound::Ends::quiet};
  // At one account from all networks together, but those from which it was signed in to before: a
  // bound for everybody alone would let anybody keep the owner out. A success takes its try back.
  RateBound login_per_account_anywhere{100, minutes(15), RateBound::Ends::quiet};
  // A success takes its own try back.
  RateBound login_per_address{100, minutes(15), RateBound::Ends::fixed};
  RateBound sign_up_per_address{30, hours(1), RateBound::Ends::fixed};
};

// Sign-up, login, logout and the first administrator. From any thread; the calls wait for the
// database and the hasher.
class Accounts {
 public:
  struct Options {
    SignUpMode sign_up = SignUpMode::open;
    bool dev_mode = false;
    // Key of the hashes under which tries are counted; the same on every process of a database.
    std::string limit_key = {};
    AccountBounds bounds = {};
  };
  using TrailPtr = SessionGate::TrailPtr;

  Accounts(Database& db, AccountStore& store, AuditStore& audit, SessionGate& gate,
           PasswordHasher& hasher, const Clock& clock, Random& random, Options options);

  // Creates a user and signs them in; where sign-up is not open, only with a proof of the request's
  // address. 422 with all faults (/email, /password, /name), 409 "address_taken", 403
  // "sign_up_closed", 429 "too_many_requests".
  Result<SignedIn> sign_up(const ClientScope&, const SignUpRequest&, TrailPtr,
                           const Founding& founding,
                           const std::optional<AddressProof>& proof = std::nullopt);

  // A new session, never the one the request came with: `presented`, the token of its cookie, ends
  // here. 401 "invalid_credentials" alike for a wrong password, an unknown address and a disabled
  // account; 429 "too_many_requests". `arrival` is what the person came for, in the same
  // transaction: when it is refused nobody is signed in.
  Result<SignedIn> login(const ClientScope&, std::string_view email, std::string_view password,
                         std::optional<std::string_view> presented, TrailPtr,
                         const Founding& arrival = {});

  // As `dev@localhost`, without password; the account is created at the first call. not_found
  // outside dev mode.
  Result<SignedIn> dev_login(const ClientScope&, std::optional<std::string_view> presented,
                             TrailPtr, const Founding& founding);

  // The bearer of `token` gives the password again: the session goes on under a new token, and the
  // old one ends here. Answered as login() and counted by session, so that nobody without it keeps
  // its bearer from it; no password is right for the account of dev mode, which has none. 401
  // "unauthenticated" when another call had this token first.
  Result<SignedIn> reauthenticate(const ClientScope&, const Caller&, std::string_view token,
                                  const std::optional<std::string>& password);

  // Ends the session; no error when there is none.
  Result<void> logout(const ClientScope&, std::string_view token, TrailPtr);

  // A single-use token, for 24 hours, that makes its bearer a platform administrator. For the
  // console only.
  Result<std::string> new_setup_token(const ClientScope&);
  // The same, unless the client has a platform administrator.
  Result<std::optional<std::string>> first_setup_token(const ClientScope&);

  // Creates a platform administrator, without organization and without a session, and uses the
  // token up together with every other one. 404 "setup_link_invalid" for a token that is wrong,
  // used or expired; else as sign_up().
  Result<UserRow> setup(const ClientScope&, std::string_view token, const SignUpRequest&, TrailPtr);

  // Removes what has ended; for the background.
  Result<void> sweep(const FleetScope&);

 private:
  struct Session;
  // A try at a password that was right, with what has to be as it was when its outcome is stored.
  struct Proved;
  // What a try is counted under.
  struct Tries;
  Tries tries_of_login(const ClientScope&, std::string_view account, const Trail&) const;
  // `refused`: how a wrong password is recorded.
  Result<Proved> prove(const ClientScope&, std::string_view email, std::string_view password, Tries,
                       const Trail&, ClientDeed refused);
  Result<UserRow> accept(Tx&, const ClientScope&, const Proved&);
  Session new_session(const UserId& user);
  Result<SignedIn> create_signed_in(const ClientScope&, const NewUser&, const TrailPtr&,
                                    const Founding&);
  // In a transaction of its own, and as RefusalAllowance lets through: of each account, and of all
  // addresses that have none. That it is written down is no condition of the refusal.
  void note_refused(const ClientScope&, ClientDeed, const Trail&);
  std::string limit_key(const ClientScope&, std::string_view kind, std::string_view what) const;

  Database& db_;
  AccountStore& store_;
  AuditStore& audit_;
  SessionGate& gate_;
  PasswordHasher& hasher_;
  const Clock& clock_;
  Random& random_;
  Options options_;
  RefusalAllowance refusals_;
};

}  // namespace ks
