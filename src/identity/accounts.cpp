#include "identity/accounts.hpp"

#include <algorithm>

#include "base/digest.hpp"
#include "base/log.hpp"
#include "domain/name.hpp"
#include "identity/network.hpp"
#include "identity/new_account.hpp"
#include "identity/own/login_tries.hpp"
#include "identity/refusals.hpp"

namespace ks {

namespace {
// 256 groups of addresses.
constexpr std::size_t kRefusalGroupDigits = 2;

ClientDeed sign_in_by_nobody() {
  ClientDeed deed;
  deed.action = account_actions::kSignIn;
  deed.by = ClientDeed::By::anonymous;
  deed.target_kind = "account";
  return deed;
}

}  // namespace

struct Accounts::Proved {
  std::string email;
  UserId user;
  std::string stored;    // The hash that the password was held against.
  std::string rehashed;  // Empty when `stored` is up to date.
  LoginTries tries;
  NetworkTry address;
  std::optional<Time> anywhere_window;  // When the try counted there.
  Time now;
};

Accounts::Accounts(const AccountParts& parts, Options options)
    : db_(parts.db),
      store_(parts.store),
      links_store_(parts.links),
      audit_(parts.audit),
      outbox_(parts.outbox),
      gate_(parts.gate),
      hasher_(parts.hasher),
      clock_(parts.clock),
      random_(parts.random),
      options_(std::move(options)),
      links_(parts, options_.limit_key, options_.link_bounds),
      recovery_(parts, links_),
      address_(parts, links_),
      profile_(parts),
      sessions_(parts, links_),
      refusals_(parts.clock) {
  KS_ASSERT_MSG(options_.limit_key.size() >= 32, "the key of the rate limits is too short");
}

std::string Accounts::limit_key(const ClientScope& scope, std::string_view kind,
                                std::string_view what) const {
  return links_.hashed(scope, kind, what);
}

Accounts::Newcomer Accounts::newcomer_of(const ClientScope& scope, const NewUser& user,
                                         const Trail& trail, std::string_view deed) {
  FreshSession session = fresh_session(clock_, random_, user.id, trail);
  return Newcomer{user, std::move(session.row), std::move(session.token),
                  login_tries(links_, scope, user.email, trail).network, deed};
}

Result<Accounts::Proved> Accounts::prove(const ClientScope& scope, std::string_view email_given,
                                         std::string_view password, LoginTries tries,
                                         const Trail& trail, ClientDeed refused) {
  const Result<std::string> email = normal_email(email_given);

  // Committed before the password is looked at, so that tries in parallel, on any process, cannot
  // pass the bound together. A refused try counts nowhere.
  struct Gate {
    NetworkTry address;
    std::optional<Time> anywhere;
    std::optional<Credentials> known;
  };
  const Time now = clock_.now();
  KS_TRY(const Gate gate, db_.write([&](Tx& tx) -> Result<Gate> {
    Gate out;
    KS_TRY(out.address,
           count_try(store_, tx, scope, tries.by_address, options_.bounds.login_per_address, now));
    if (!out.address.allowed) return too_many(out.address.again_at - now);
    KS_TRY(const RateTry account,
           store_.count_try(tx, scope, tries.by_account, options_.bounds.login_per_account, now));
    if (!account.allowed) return too_many(account.again_at - now);
    if (!tries.anywhere.empty()) {
      KS_TRY(const bool at_home, store_.knows_network(tx, scope, tries.network));
      if (!at_home) {
        KS_TRY(const RateTry anywhere,
               store_.count_try(tx, scope, tries.anywhere,
                                options_.bounds.login_per_account_anywhere, now));
        if (!anywhere.allowed) return too_many(anywhere.again_at - now);
        out.anywhere = anywhere.window_start;
      }
    }
    if (email) {
      KS_TRY(out.known, store_.find_user(tx, scope, *email));
    }
    return out;
  }));

  std::optional<std::string> stored;
  if (gate.known) stored = gate.known->password_hash;
  const bool too_long = password.size() > kPasswordMax;
  KS_TRY(const bool right, hasher_.verify(too_long ? std::string_view() : password, stored));
  if (!right || too_long || !gate.known->user.active) {
    refused.target_id = gate.known ? gate.known->user.id.str() : "";
    refused.personal = {{{"email"}, email ? *email : std::string(email_given)}};
    note_refused(scope, std::move(refused), trail);
    return invalid_credentials();
  }

  std::string rehashed;
  if (hasher_.outdated(*stored))
    // A full queue puts this off to the next login.
    if (auto hash = hasher_.hash(password)) rehashed = std::move(*hash);
  return Proved{*email,           gate.known->user.id, std::move(*stored), std::move(rehashed),
                std::move(tries), gate.address,        gate.anywhere,      now};
}

Result<UserRow> Accounts::accept(Tx& tx, const ClientScope& scope, const Proved& proved) {
  // Whether it still is the password, under the lock of the account's row: whoever sets another one
  // at the same moment, and ends its sessions, comes before this or sees the session of it.
  KS_TRY(const bool still,
         store_.set_password_hash(tx, scope, proved.user, proved.stored,
                                  proved.rehashed.empty() ? proved.stored : proved.rehashed,
                                  proved.now));
  if (!still) return invalid_credentials();
  KS_TRY(auto current, store_.find_user(tx, scope, proved.email));
  // The account was disabled, or the address became another's, while the hash was made.
  if (!current || !current->user.active || current->user.id != proved.user)
    return invalid_credentials();
  // In the order of the counting, so that two at once do not wait for each other.
  KS_CHECK(give_back(store_, tx, scope, proved.tries.by_address, proved.address));
  KS_CHECK(store_.forget_tries(tx, scope, proved.tries.by_account));
  if (proved.anywhere_window)
    KS_CHECK(store_.give_back(tx, scope, proved.tries.anywhere, *proved.anywhere_window));
  if (!proved.tries.network.empty())
    KS_CHECK(
        store_.remember_network(tx, scope, current->user.id, proved.tries.network, proved.now));
  return std::move(current->user);
}

Result<SignedIn> Accounts::login(const ClientScope& scope, std::string_view email,
                                 std::string_view password,
                                 std::optional<std::string_view> presented, TrailPtr trail,
                                 const Founding& arrival) {
  KS_TRY(const Proved proved,
         prove(scope, email, password, login_tries(links_, scope, email, *trail), *trail,
               sign_in_by_nobody()));
  FreshSession session = fresh_session(clock_, random_, proved.user, *trail);
  KS_TRY(UserRow user, db_.write([&](Tx& tx) -> Result<UserRow> {
    KS_TRY(UserRow current, accept(tx, scope, proved));
    if (presented) KS_CHECK(store_.remove_session(tx, scope, SessionGate::token_hash(*presented)));
    KS_CHECK(store_.create_session(tx, scope, session.row));
    if (arrival) {
      KS_TRY(const Caller caller, gate_.load_in(tx, scope, session.token, trail));
      KS_CHECK(arrival(tx, caller.person(), gate_.founding(caller.person()), caller.user()));
      KS_TRY(const auto arrived, store_.find_person(tx, scope, current.id));
      if (!arrived) return bug("an account is gone in the transaction that signed in to it");
      current = *arrived;
    }
    KS_CHECK(audit_.record(tx, scope, deed_of(account_actions::kSignIn, current.id), *trail,
                           session.row.now));
    return current;
  }));
  if (presented) gate_.forget(*presented);
  return SignedIn{std::move(user), std::move(session.token)};
}

Result<SignedIn> Accounts::reauthenticate(const ClientScope& scope, const Caller& caller,
                                          std::string_view token,
                                          const std::optional<std::string>& password) {
  const Trail& trail = *caller.person().trail();
  std::optional<Proved> proved;
  if (password) {
    LoginTries tries{login_address(links_, scope, trail),
                     limit_key(scope, "reauthenticate",
                               caller.user().id.str() + "\n" + SessionGate::token_hash(token))};
    auto given = prove(scope, caller.user().email, *password, std::move(tries), trail,
                       deed_of(account_actions::kConfirm, caller.user().id));
    // Whose account it is was not asked.
    if (!given && given.error().problem == "invalid_credentials")
      given.error().message = "The password is wrong.";
    KS_TRY(proved, std::move(given));
    // The address is somebody else's by now.
    if (proved->user != caller.user().id) return invalid_credentials();
  } else if (!options_.dev_mode || caller.user().email != kDevEmail) {
    return invalid_credentials();
  }
  FreshSession session = fresh_session(clock_, random_, caller.user().id, trail);
  KS_TRY(UserRow user, db_.write([&](Tx& tx) -> Result<UserRow> {
    UserRow current = caller.user();
    if (proved) {
      KS_TRY(current, accept(tx, scope, *proved));
    }
    KS_TRY(const bool renewed,
           store_.renew_session(tx, scope, SessionGate::token_hash(token), session.row));
    if (!renewed) return session_ended();
    KS_CHECK(audit_.record(tx, scope, deed_of(account_actions::kConfirm, current.id), trail,
                           session.row.now));
    return current;
  }));
  gate_.forget(token);
  return SignedIn{std::move(user), std::move(session.token)};
}

Result<SignedIn> Accounts::dev_login(const ClientScope& scope,
                                     std::optional<std::string_view> presented, TrailPtr trail,
                                     const Founding& founding) {
  if (!options_.dev_mode) return not_found();
  const NewUser fresh{.id = UserId::make(clock_, random_),
                      .email = std::string(kDevEmail),
                      .name = "Developer",
                      .password_hash = {},
                      .now = clock_.now()};
  const auto find = [&](Tx& tx) { return store_.find_user(tx, scope, kDevEmail); };
  KS_TRY(auto known, db_.read(find));
  if (!known) {
    auto created = create_signed_in(scope, fresh, trail, founding);
    // Somebody else's first login came between.
    if (created || created.error().problem != "address_taken") return created;
    KS_TRY(known, db_.read(find));
  }
  if (!known || !known->user.active) return invalid_credentials();
  FreshSession session = fresh_session(clock_, random_, known->user.id, *trail);
  const Result<void> written = db_.write([&](Tx& tx) -> Result<void> {
    if (presented) KS_CHECK(store_.remove_session(tx, scope, SessionGate::token_hash(*presented)));
    KS_CHECK(store_.create_session(tx, scope, session.row));
    return audit_.record(tx, scope, deed_of(account_actions::kSignIn, known->user.id), *trail,
                         session.row.now);
  });
  KS_CHECK(written);
  if (presented) gate_.forget(*presented);
  return SignedIn{std::move(known->user), std::move(session.token)};
}

void Accounts::note_refused(const ClientScope& scope, ClientDeed deed, const Trail& trail) {
  KS_ASSERT(!deed.personal.empty());
  const std::string group =
      limit_key(scope, "refused", deed.personal.front().value).substr(0, kRefusalGroupDigits);
  const auto left_out = refusals_.take(deed.action + "/" + group);
  if (!left_out) return;
  if (*left_out > 0) deed.detail = Json::object({{"left_out", *left_out}});
  deed.outcome = Deed::Outcome::denied;
  const auto recorded =
      db_.write([&](Tx& tx) { return audit_.record(tx, scope, deed, trail, clock_.now()); });
  if (!recorded) log::warn("a wrong password was not recorded", {{"request_id", trail.request_id}});
}

Result<void> Accounts::logout(const ClientScope& scope, std::string_view token, TrailPtr trail) {
  const std::string hash = SessionGate::token_hash(token);
  const Result<void> written = db_.write([&](Tx& tx) -> Result<void> {
    KS_TRY(const auto session, store_.find_session(tx, scope, hash));
    if (!session) return {};
    KS_CHECK(store_.remove_session(tx, scope, hash));
    return audit_.record(tx, scope, deed_of(account_actions::kSignOut, session->user.id), *trail,
                         clock_.now());
  });
  KS_CHECK(written);
  gate_.forget(token);
  return {};
}

void Accounts::replace_session(const ClientScope& scope,
                               const std::optional<std::string_view>& presented) {
  if (!presented) return;
  const Result<void> removed = db_.write([&](Tx& tx) -> Result<void> {
    return store_.remove_session(tx, scope, SessionGate::token_hash(*presented));
  });
  if (!removed) log::warn("a session was not replaced", {{"problem", removed.error().problem}});
  gate_.forget(*presented);
}

Result<void> Accounts::sweep(const FleetScope& fleet) {
  const Time now = clock_.now();
  const Duration longest = std::max(
      {options_.bounds.login_per_account.window, options_.bounds.login_per_address.window,
       options_.bounds.sign_up_per_address.window, options_.link_bounds.asked_per_account.window,
       options_.link_bounds.asked_per_account_anywhere.window, OwnSessions::kPasswordChanges.window,
       options_.link_bounds.asked_per_network.window,
       // And as long as the outbox counts invitations.
       options_.link_bounds.mailed_per_mailbox.window, hours(24)});
  // In small transactions, so that nobody waits long for one of them.
  constexpr int kBatch = 500;
  for (bool more = true; more;) {
    KS_TRY(more, db_.fleet_write(fleet, [&](Tx& tx) {
      return store_.sweep(tx, fleet, now, now - longest, kBatch);
    }));
  }
  return {};
}

}  // namespace ks
