#include "sql/accounts.hpp"

#include <algorithm>

#include "sql/driver/sql_tx.hpp"
#include "sql/statements.hpp"

namespace ks::sql {

namespace {
constexpr std::string_view kActive = "active";

// Columns id, email, name, platform_admin, state, authz_version, email_proved_at, locale, from
// `first` on.
UserRow user_at(const Row& row, int first) {
  return UserRow{.id = row.id<User>(first),
                 .email = row.str(first + 1),
                 .name = row.str(first + 2),
                 .platform_admin = row.flag(first + 3),
                 .active = row.text(first + 4) == kActive,
                 .authz_version = row.integer(first + 5),
                 .email_proved = row.integer(first + 6) != 0,
                 .locale = locale_or_english(row.text(first + 7))};
}
}  // namespace

Result<bool> SqlAccountStore::create_user(Tx& tx, const ClientScope& scope, const NewUser& user) {
  KS_TRY(const std::int64_t made,
         sql_tx(tx).run(scope, q::user_created, user.id, user.email, user.name, user.password_hash,
                        user.platform_admin ? 1 : 0, user.now,
                        user.email_proved ? user.now : Time{}, name(user.locale)));
  return made == 1;
}

Result<std::optional<Credentials>> SqlAccountStore::find_user(Tx& tx, const ClientScope& scope,
                                                              std::string_view email) {
  KS_TRY(const auto row, sql_tx(tx).run(scope, q::user_by_email, email));
  if (!row) return std::optional<Credentials>();
  return std::optional(Credentials{user_at(*row, 0), row->str(8)});
}

Result<bool> SqlAccountStore::set_password_hash(Tx& tx, const ClientScope& scope,
                                                const UserId& user, std::string_view old_hash,
                                                std::string_view new_hash, Time now) {
  KS_TRY(const std::int64_t changed,
         sql_tx(tx).run(scope, q::user_password_replaced, new_hash, now, user, old_hash));
  return changed == 1;
}

Result<std::optional<UserRow>> SqlAccountStore::find_person(Tx& tx, const ClientScope& scope,
                                                            const std::optional<UserId>& user) {
  if (!user) return std::optional<UserRow>();
  KS_TRY(const auto row, sql_tx(tx).run(scope, q::user_by_id, *user));
  if (!row) return std::optional<UserRow>();
  return std::optional(user_at(*row, 0));
}

Result<void> SqlAccountStore::set_password(Tx& tx, const ClientScope& scope, const UserId& user,
                                           std::string_view password_hash, Time now) {
  KS_CHECK(sql_tx(tx).run(scope, q::user_password_set, password_hash, now, user));
  return {};
}

Result<bool> SqlAccountStore::set_email(Tx& tx, const ClientScope& scope, const UserId& user,
                                        std::string_view email, Time now) {
  const auto changed = sql_tx(tx).run(scope, q::user_email_set, email, now, user);
  if (changed) return *changed == 1;
  // The transaction is over for the caller in any case: nothing else can be done in it.
  if (changed.error().problem == "users_email_taken") return false;
  return std::unexpected(changed.error());
}

Result<void> SqlAccountStore::set_profile(Tx& tx, const ClientScope& scope, const UserId& user,
                                          std::string_view person_name, Locale locale, Time now) {
  KS_CHECK(sql_tx(tx).run(scope, q::user_profile_set, person_name, name(locale), now, user));
  return {};
}

Result<void> SqlAccountStore::raise_authz_version(Tx& tx, const ClientScope& scope,
                                                  const UserId& user, Time now) {
  KS_CHECK(sql_tx(tx).run(scope, q::user_authz_raised, now, user));
  return {};
}

Result<bool> SqlAccountStore::platform_admin_exists(Tx& tx, const ClientScope& scope) {
  KS_TRY(const auto row, sql_tx(tx).run(scope, q::platform_admin_any));
  return row.has_value();
}

Result<void> SqlAccountStore::create_session(Tx& tx, const ClientScope& scope,
                                             const NewSession& session) {
  KS_CHECK(sql_tx(tx).run(scope, q::session_created, session.id, session.token_hash, session.user,
                          session.now, session.now + kSessionLife, session.device,
                          session.network));
  KS_CHECK(sql_tx(tx).run(scope, q::sessions_trimmed, session.user, session.id, kSessionsMax - 1));
  KS_CHECK(sql_tx(tx).run(scope, q::session_user_seen, session.now, session.token_hash));
  return {};
}

Result<std::optional<SessionRow>> SqlAccountStore::find_session(Tx& tx, const ClientScope& scope,
                                                                std::string_view token_hash) {
  KS_TRY(const auto row, sql_tx(tx).run(scope, q::session_by_token, token_hash));
  if (!row) return std::optional<SessionRow>();
  return std::optional(SessionRow{.id = row->id<Session>(0),
                                  .created_at = row->time(1),
                                  .seen_at = row->time(2),
                                  .expires_at = row->time(3),
                                  .auth_at = row->time(4),
                                  .user = user_at(*row, 5)});
}

Result<void> SqlAccountStore::touch_session(Tx& tx, const ClientScope& scope,
                                            std::string_view token_hash, std::string_view network,
                                            Time stale_before, Time now) {
  KS_CHECK(sql_tx(tx).run(scope, q::session_touched, now, network, token_hash, stale_before));
  KS_CHECK(sql_tx(tx).run(scope, q::session_user_seen, now, token_hash));
  return {};
}

Result<bool> SqlAccountStore::renew_session(Tx& tx, const ClientScope& scope,
                                            std::string_view old_hash, const NewSession& session) {
  KS_TRY(const std::int64_t renewed,
         sql_tx(tx).run(scope, q::session_renewed, session.id, session.token_hash, session.now,
                        old_hash, session.user));
  KS_CHECK(sql_tx(tx).run(scope, q::session_user_seen, session.now, session.token_hash));
  return renewed == 1;
}

Result<void> SqlAccountStore::remove_session(Tx& tx, const ClientScope& scope,
                                             std::string_view token_hash) {
  KS_CHECK(sql_tx(tx).run(scope, q::session_removed, token_hash));
  return {};
}

Result<std::vector<OwnSession>> SqlAccountStore::list_sessions(Tx& tx, const PersonScope& scope) {
  KS_TRY(const auto rows, sql_tx(tx).run(scope, q::sessions_of_person));
  std::vector<OwnSession> out;
  for (const Row& row : rows)
    out.push_back({row.id<Session>(0), row.str(1), row.str(2), row.str(3), row.time(4), row.time(5),
                   row.time(6)});
  return out;
}

Result<std::optional<std::string>> SqlAccountStore::end_session(Tx& tx, const PersonScope& scope,
                                                                const SessionId& session) {
  KS_TRY(const auto row, sql_tx(tx).run(scope, q::session_ended, session));
  if (!row) return std::optional<std::string>();
  return std::optional(row->str(0));
}

Result<std::int64_t> SqlAccountStore::end_sessions(Tx& tx, const ClientScope& scope,
                                                   const UserId& user, std::string_view kept) {
  return sql_tx(tx).run(scope, q::sessions_ended, user, kept);
}

Result<std::vector<Membership>> SqlAccountStore::list_memberships(Tx& tx,
                                                                  const PersonScope& scope) {
  KS_TRY(const auto rows, sql_tx(tx).run(scope, q::memberships_of_person));
  std::vector<Membership> out;
  for (const Row& row : rows) {
    const OrgId org = row.id<Org>(0);
    if (out.empty() || out.back().id != org) {
      const auto role = org_role(row.text(3));
      if (!role) return bug("org_members holds a role that is not known");
      out.push_back(Membership{org, row.str(1), row.str(2), *role, {}, row.str(8), row.str(9)});
    }
    if (row.is_null(4)) continue;
    const auto role = team_role(row.text(7));
    if (!role) return bug("team_members holds a role that is not known");
    out.back().teams.push_back({row.id<Team>(4), row.str(5), row.str(6), *role});
  }
  return out;
}

Result<RateTry> SqlAccountStore::count_try(Tx& tx, const ClientScope& scope, std::string_view key,
                                           RateBound bound, Time now) {
  return counted_try(tx, scope, key, bound, now);
}

Result<RateTry> counted_try(Tx& tx, const ClientScope& scope, std::string_view key, RateBound bound,
                            Time now) {
  const Time over_before = now - bound.window;
  const Time restart_before = bound.ends == RateBound::Ends::quiet ? now : over_before;
  KS_TRY(const auto counted,
         sql_tx(tx).run(scope, q::limit_try, key, now, over_before, restart_before, bound.tries));
  if (counted) return RateTry{true, counted->time(0), now};
  KS_TRY(const auto window, sql_tx(tx).run(scope, q::limit_window, key));
  const Time start = window ? window->time(0) : now;
  return RateTry{false, start, start + bound.window};
}

Result<void> SqlAccountStore::give_back(Tx& tx, const ClientScope& scope, std::string_view key,
                                        Time window_start) {
  KS_CHECK(sql_tx(tx).run(scope, q::limit_given_back, key, window_start));
  return {};
}

Result<void> SqlAccountStore::forget_tries(Tx& tx, const ClientScope& scope, std::string_view key) {
  KS_CHECK(sql_tx(tx).run(scope, q::limit_forgotten, key));
  return {};
}

Result<bool> SqlAccountStore::knows_network(Tx& tx, const ClientScope& scope,
                                            std::string_view hash) {
  KS_TRY(const auto row, sql_tx(tx).run(scope, q::login_network_known, hash));
  return row.has_value();
}

Result<void> SqlAccountStore::remember_network(Tx& tx, const ClientScope& scope, const UserId& user,
                                               std::string_view hash, Time now) {
  KS_CHECK(sql_tx(tx).run(scope, q::login_network_seen, hash, user, now));
  KS_CHECK(sql_tx(tx).run(scope, q::login_networks_trimmed, user, hash, kNetworksMax - 1));
  return {};
}

Result<void> SqlAccountStore::create_setup_token(Tx& tx, const ClientScope& scope,
                                                 std::string_view token_hash, Time expires_at) {
  KS_CHECK(sql_tx(tx).run(scope, q::setup_token_created, token_hash, expires_at));
  return {};
}

Result<bool> SqlAccountStore::setup_token_exists(Tx& tx, const ClientScope& scope,
                                                 std::string_view token_hash, Time now) {
  KS_TRY(const auto row, sql_tx(tx).run(scope, q::setup_token_live, token_hash, now));
  return row.has_value();
}

Result<bool> SqlAccountStore::consume_setup_token(Tx& tx, const ClientScope& scope,
                                                  std::string_view token_hash, Time now) {
  KS_TRY(const std::int64_t consumed,
         sql_tx(tx).run(scope, q::setup_token_consumed, token_hash, now));
  if (consumed != 1) return false;
  KS_CHECK(sql_tx(tx).run(scope, q::setup_tokens_removed));
  return true;
}

Result<bool> SqlAccountStore::sweep(Tx& tx, const FleetScope& scope, Time now, Time counts_before,
                                    int limit) {
  KS_TRY(const std::int64_t sessions,
         sql_tx(tx).run(scope, q::sessions_swept, now, now - kSessionIdle, limit));
  KS_TRY(const std::int64_t tokens, sql_tx(tx).run(scope, q::setup_tokens_swept, now, limit));
  KS_TRY(const std::int64_t counts, sql_tx(tx).run(scope, q::limits_swept, counts_before, limit));
  KS_TRY(const std::int64_t networks,
         sql_tx(tx).run(scope, q::login_networks_swept, now - kNetworkLife, limit));
  KS_TRY(const std::int64_t links, sql_tx(tx).run(scope, q::account_links_swept, now, limit));
  return std::max({sessions, tokens, counts, networks, links}) == limit;
}

}  // namespace ks::sql
