#pragma once

#include "store/accounts.hpp"

namespace ks::sql {

class SqlAccountStore final : public AccountStore {
 public:
  Result<bool> create_user(Tx&, const ClientScope&, const NewUser&) override;
  Result<std::optional<Credentials>> find_user(Tx&, const ClientScope&,
                                               std::string_view email) override;
  Result<bool> set_password_hash(Tx&, const ClientScope&, const UserId&, std::string_view old_hash,
                                 std::string_view new_hash, Time now) override;
  Result<void> set_profile(Tx&, const ClientScope&, const UserId&, std::string_view name, Locale,
                           Time now) override;
  Result<std::optional<UserRow>> find_person(Tx&, const ClientScope&,
                                             const std::optional<UserId>&) override;
  Result<void> set_password(Tx&, const ClientScope&, const UserId&, std::string_view password_hash,
                            Time now) override;
  Result<bool> set_email(Tx&, const ClientScope&, const UserId&, std::string_view email,
                         Time now) override;
  Result<void> raise_authz_version(Tx&, const ClientScope&, const UserId&, Time now) override;
  Result<bool> platform_admin_exists(Tx&, const ClientScope&) override;

  Result<void> create_session(Tx&, const ClientScope&, const NewSession&) override;
  Result<std::optional<SessionRow>> find_session(Tx&, const ClientScope&,
                                                 std::string_view token_hash) override;
  Result<void> touch_session(Tx&, const ClientScope&, std::string_view token_hash,
                             std::string_view network, Time stale_before, Time now) override;
  Result<bool> renew_session(Tx&, const ClientScope&, std::string_view old_hash,
                             const NewSession&) override;
  Result<void> remove_session(Tx&, const ClientScope&, std::string_view token_hash) override;

  Result<std::vector<OwnSession>> list_sessions(Tx&, const PersonScope&) override;
  Result<std::optional<std::string>> end_session(Tx&, const PersonScope&,
                                                 const SessionId&) override;
  Result<std::int64_t> end_sessions(Tx&, const ClientScope&, const UserId&,
                                    std::string_view kept) override;

  Result<std::vector<Membership>> list_memberships(Tx&, const PersonScope&) override;

  Result<RateTry> count_try(Tx&, const ClientScope&, std::string_view key, RateBound,
                            Time now) override;
  Result<void> give_back(Tx&, const ClientScope&, std::string_view key, Time window_start) override;
  Result<void> forget_tries(Tx&, const ClientScope&, std::string_view key) override;

  Result<bool> knows_network(Tx&, const ClientScope&, std::string_view hash) override;
  Result<void> remember_network(Tx&, const ClientScope&, const UserId&, std::string_view hash,
                                Time now) override;
  Result<void> create_setup_token(Tx&, const ClientScope&, std::string_view token_hash,
                                  Time expires_at) override;
  Result<bool> setup_token_exists(Tx&, const ClientScope&, std::string_view token_hash,
                                  Time now) override;
  Result<bool> consume_setup_token(Tx&, const ClientScope&, std::string_view token_hash,
                                   Time now) override;

  Result<bool> sweep(Tx&, const FleetScope&, Time now, Time counts_before, int limit) override;
};

// AccountStore::count_try(), for whoever else counts.
Result<RateTry> counted_try(Tx&, const ClientScope&, std::string_view key, RateBound, Time now);

}  // namespace ks::sql
