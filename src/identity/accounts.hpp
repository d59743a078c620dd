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
#include "identity/account_parts.hpp"
#include "identity/own/address.hpp"
#include "identity/own/login_tries.hpp"
#include "identity/own/profile.hpp"
#include "identity/own/recovery.hpp"
#include "identity/own/sessions.hpp"

namespace ks {

struct SignUpRequest {
  std::string email;
  std::string password;
  std::string name;
  Locale locale = Locale::en;
};

// What is wrong with it by itself: nothing is looked up.
std::vector<Fault> faults_of(const SignUpRequest&);

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

// open: at once; verified: with a link that is mailed first; closed: by invitation only.
enum class SignUpMode { open, verified, closed };

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
    LinkBounds link_bounds = {};
  };
  using TrailPtr = SessionGate::TrailPtr;

  Accounts(const AccountParts& parts, Options options);

  // The other ways to an account, and what its person does with it.
  Recovery& recovery() noexcept { return recovery_; }
  OwnAddress& address() noexcept { return address_; }
  OwnProfile& profile() noexcept { return profile_; }
  OwnSessions& sessions() noexcept { return sessions_; }

  SignUpMode mode() const noexcept { return options_.sign_up; }

  // Creates a user and signs them in; where sign-up is not open, only with a proof of the request's
  // address. 422 with all faults (/email, /password, /name), 409 "address_taken", 403
  // "sign_up_closed", 429 "too_many_requests".
  Result<SignedIn> sign_up(const ClientScope&, const SignUpRequest&, const TrailPtr&,
                           const Founding& founding,
                           const std::optional<AddressProof>& proof = std::nullopt);

  // Mails a link that creates the user, or, where the address has an account, that it has one. The
  // answer and the work are the same. A few for one address wait side by side. 422, 403
  // "sign_up_closed", 429, 503 "mail_off".
  Result<void> begin_sign_up(const ClientScope&, const SignUpRequest&, TrailPtr);
  // Creates the user of a link that begin_sign_up() mailed, and signs them in. The password is
  // asked for again: who opens the link of somebody else's sign-up gets no account with a password
  // that is not theirs. All others that wait for the address end. 404 "link_invalid", 401
  // "invalid_credentials", 409 "address_taken", 403 "sign_up_closed", 429.
  Result<SignedIn> finish_sign_up(const ClientScope&, std::string_view token,
                                  std::string_view password, TrailPtr, const Founding& founding);

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

  // Ends the session that a request came with, now that it was given another one; nothing where
  // there is none.
  void replace_session(const ClientScope&, const std::optional<std::string_view>& presented);

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
  // A try at a password that was right, with what has to be as it was when its outcome is stored.
  struct Proved;
  // `refused`: how a wrong password is recorded.
  Result<Proved> prove(const ClientScope&, std::string_view email, std::string_view password,
                       LoginTries, const Trail&, ClientDeed refused);
  Result<UserRow> accept(Tx&, const ClientScope&, const Proved&);
  // An account that is about to be made, with its first session.
  struct Newcomer {
    NewUser user;
    NewSession session;
    std::string token;
    std::string network;  // Keyed hash of account and network.
    std::string_view deed;
  };
  Newcomer newcomer_of(const ClientScope&, const NewUser&, const Trail&, std::string_view deed);
  Result<void> create_in(Tx&, const ClientScope&, const Newcomer&, const TrailPtr&,
                         const Founding&);
  // A sign-up that waits for its link, with the mail if that has not left.
  Result<void> end_pending(Tx&, const ClientScope&, const AccountLink&);
  Result<SignedIn> create_signed_in(const ClientScope&, const NewUser&, const TrailPtr&,
                                    const Founding&);
  // In a transaction of its own, and as RefusalAllowance lets through, of groups of addresses that
  // a keyed hash makes: if it went by account, an address without one would take another time to
  // refuse. That it is
  // written down is no condition of the refusal.
  void note_refused(const ClientScope&, ClientDeed, const Trail&);
  std::string limit_key(const ClientScope&, std::string_view kind, std::string_view what) const;

  Database& db_;
  AccountStore& store_;
  AccountLinkStore& links_store_;
  AuditStore& audit_;
  Outbox& outbox_;
  SessionGate& gate_;
  PasswordHasher& hasher_;
  const Clock& clock_;
  Random& random_;
  Options options_;
  MailedLinks links_;
  Recovery recovery_;
  OwnAddress address_;
  OwnProfile profile_;
  OwnSessions sessions_;
  RefusalAllowance refusals_;
};

}  // namespace ks
