#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "authz/scope.hpp"
#include "domain/people/locale.hpp"
#include "store/transaction.hpp"

namespace ks {

// A session ends when nobody used it for this long, and at the latest at its expires_at.
inline constexpr Duration kSessionIdle = hours(24);
inline constexpr Duration kSessionLife = days(30);
// Of one person; one more ends the oldest.
inline constexpr int kSessionsMax = 50;

inline constexpr int kNetworksMax = 20;
inline constexpr Duration kNetworkLife = days(180);

// The one rule for it, shared by the loading of a session and the guard of a read.
constexpr bool session_alive(Time seen_at, Time expires_at, Time now) {
  return now < expires_at && now < seen_at + kSessionIdle;
}

struct UserRow {
  UserId id;
  std::string email;  // As normal_email() gives it.
  std::string name;
  bool platform_admin = false;
  bool active = true;
  std::int64_t authz_version = 1;
  // That its person reads the mail of the address was shown with a link that was mailed there.
  bool email_proved = false;
  Locale locale = Locale::en;  // In which the person is written to.
};

// A user with what proves it. `password_hash` is empty for an account that has no password.
struct Credentials {
  UserRow user;
  std::string password_hash;
};

struct NewUser {
  UserId id;
  std::string email;
  std::string name;
  std::string password_hash;
  bool platform_admin = false;
  Time now;
  bool email_proved = false;
  Locale locale = Locale::en;
};

struct SessionRow {
  SessionId id;
  Time created_at;
  Time seen_at;
  Time expires_at;
  Time auth_at;  // When its bearer last gave the password.
  UserRow user;
};

struct NewSession {
  SessionId id;
  std::string token_hash;  // Hex of SHA-256 of the token; the token itself is never stored.
  UserId user;
  Time now;
  std::string device = {};   // What it was begun with, in a word for its person.
  std::string network = {};  // As network_of() gives it.
};

// A session as its person is shown it.
struct OwnSession {
  SessionId id;
  std::string token_hash;
  std::string device;
  std::string network;  // Of its last use, as exact as seen_at.
  Time created_at;
  Time seen_at;
  Time expires_at;
};

// A person's place in one organization, with the teams of it that the person is in, by slug.
struct Membership {
  struct InTeam {
    TeamId id;
    std::string slug;
    std::string name;
    TeamRole role;
  };
  OrgId id;
  std::string slug;
  std::string name;
  OrgRole role;
  std::vector<InTeam> teams;
  std::string state = "active";
  std::string suspended = {};  // Why the organization is; empty while it is not.
};

// A bound on how often something is tried: `tries` within `window`.
struct RateBound {
  std::int64_t tries;
  Duration window;
  // When a window ends: `window` after its first counted try (fixed), or after its last one
  // (quiet). With `quiet` no stretch of that length ever holds more than `tries`.
  enum class Ends { fixed, quiet } ends = Ends::fixed;
};

// A try that was asked for. When it is refused nothing was counted.
struct RateTry {
  bool allowed = false;
  Time window_start;  // Names the window for give_back().
  Time again_at;      // When a refused one may come again.
};

class AccountStore {
 public:
  virtual ~AccountStore() = default;

  // False when the client has a user with that address.
  virtual Result<bool> create_user(Tx&, const ClientScope&, const NewUser&) = 0;
  // By normal_email().
  virtual Result<std::optional<Credentials>> find_user(Tx&, const ClientScope&,
                                                       std::string_view email) = 0;
  // False when the hash is no longer `old_hash`: somebody changed the password meanwhile.
  virtual Result<bool> set_password_hash(Tx&, const ClientScope&, const UserId&,
                                         std::string_view old_hash, std::string_view new_hash,
                                         Time now) = 0;
  virtual Result<std::optional<UserRow>> find_person(Tx&, const ClientScope&,
                                                     const std::optional<UserId>&) = 0;
  // Whatever it was before.
  virtual Result<void> set_password(Tx&, const ClientScope&, const UserId&,
                                    std::string_view password_hash, Time now) = 0;
  // With a proof of it; raises the person's authz_version. False when another account has it.
  virtual Result<bool> set_email(Tx&, const ClientScope&, const UserId&, std::string_view email,
                                 Time now) = 0;
  virtual Result<void> set_profile(Tx&, const ClientScope&, const UserId&, std::string_view name,
                                   Locale, Time now) = 0;
  // The person's rights are loaded again at the next request. Belongs into every transaction that
  // changes them.
  virtual Result<void> raise_authz_version(Tx&, const ClientScope&, const UserId&, Time now) = 0;
  virtual Result<bool> platform_admin_exists(Tx&, const ClientScope&) = 0;

  // Ends the person's oldest ones where these are more than kSessionsMax.
  virtual Result<void> create_session(Tx&, const ClientScope&, const NewSession&) = 0;
  // Also an expired one; ask session_alive().
  virtual Result<std::optional<SessionRow>> find_session(Tx&, const ClientScope&,
                                                         std::string_view token_hash) = 0;
  // Sets seen_at to `now` when it was not after `stale_before`, and the network, and notes that its
  // person was here.
  virtual Result<void> touch_session(Tx&, const ClientScope&, std::string_view token_hash,
                                     std::string_view network, Time stale_before, Time now) = 0;
  // Gives the session of `old_hash` and of `session.user` the id and the token of `session`, with
  // the password given at `session.now`; how long it lives does not change. False when there is no
  // such session: of parallel calls with one token, one gives true.
  virtual Result<bool> renew_session(Tx&, const ClientScope&, std::string_view old_hash,
                                     const NewSession& session) = 0;
  // No error when there is none.
  virtual Result<void> remove_session(Tx&, const ClientScope&, std::string_view token_hash) = 0;

  // The last used first; also expired ones.
  virtual Result<std::vector<OwnSession>> list_sessions(Tx&, const PersonScope&) = 0;
  // The hash of its token; nothing when the person has no such session.
  virtual Result<std::optional<std::string>> end_session(Tx&, const PersonScope&,
                                                         const SessionId&) = 0;
  // All of the person's but the one with this token's hash; gives how many.
  virtual Result<std::int64_t> end_sessions(Tx&, const ClientScope&, const UserId&,
                                            std::string_view kept) = 0;

  // By slug of the organization, then of the team.
  virtual Result<std::vector<Membership>> list_memberships(Tx&, const PersonScope&) = 0;

  // Counts one try against `key` unless the bound is reached.
  virtual Result<RateTry> count_try(Tx&, const ClientScope&, std::string_view key, RateBound,
                                    Time now) = 0;
  // Takes one try of the window back, when it is still the same window.
  virtual Result<void> give_back(Tx&, const ClientScope&, std::string_view key,
                                 Time window_start) = 0;
  virtual Result<void> forget_tries(Tx&, const ClientScope&, std::string_view key) = 0;

  // Networks from which the account was signed in to, by a keyed hash of account and network: the
  // newest kNetworksMax of an account, for kNetworkLife.
  virtual Result<bool> knows_network(Tx&, const ClientScope&, std::string_view hash) = 0;
  virtual Result<void> remember_network(Tx&, const ClientScope&, const UserId&,
                                        std::string_view hash, Time now) = 0;

  virtual Result<void> create_setup_token(Tx&, const ClientScope&, std::string_view token_hash,
                                          Time expires_at) = 0;
  // Whether the token is there and has not expired.
  virtual Result<bool> setup_token_exists(Tx&, const ClientScope&, std::string_view token_hash,
                                          Time now) = 0;
  // Uses the token up, and every other one with it. False when it is not there or has expired; of
  // parallel calls with one token, one gives true.
  virtual Result<bool> consume_setup_token(Tx&, const ClientScope&, std::string_view token_hash,
                                           Time now) = 0;

  // Removes sessions, setup tokens, mailed links and networks that have ended, and counts older
  // than `counts_before`; of each kind at most `limit`. True when there may be more.
  virtual Result<bool> sweep(Tx&, const FleetScope&, Time now, Time counts_before, int limit) = 0;
};

}  // namespace ks
