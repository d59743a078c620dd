#include "sql/driver/engine.hpp"

#include <fmt/format.h>

namespace ks::sql {

std::unexpected<Error> stale_guard() {
  return conflict(std::string(Database::kStaleGuard), "The rights have changed; load them again.");
}

std::vector<Value> parameters_of(const StatementText& statement, const ScopeValues& scope,
                                 std::span<const Value> own) {
  std::vector<Value> all;
  all.reserve(own.size() + 2);
  if (statement.scope != Scope::fleet) all.emplace_back(scope.client());
  if (statement.scope == Scope::person) all.emplace_back(scope.user());
  if (statement.scope == Scope::tenant) all.emplace_back(scope.org());
  all.insert(all.end(), own.begin(), own.end());
  KS_ASSERT(all.size() == statement.parameters.size());
  return all;
}

std::vector<Value> parameters_of(const ReadGuard& guard) {
  return {Value(guard.client.client()), Value(guard.session_hash)};
}

// Columns: authz_version, state, seen_at, expires_at.
Result<void> judge(const ReadGuard& guard, const RowTable& rows) {
  if (rows.rows() != 1) return stale_guard();
  const Row row(std::shared_ptr<const RowTable>(std::shared_ptr<void>(), &rows), 0);
  if (row.integer(0) != guard.authz_version) return stale_guard();
  if (row.text(1) != "active") return stale_guard();
  if (row.time(2) + kSessionIdleMax <= guard.now) return stale_guard();
  if (row.time(3) <= guard.now) return stale_guard();
  return {};
}

std::unexpected<Error> database_unavailable(std::string why) {
  return unavailable("database_unavailable", std::move(why));
}

std::unexpected<Error> storage_full() {
  return unavailable("storage_full", "The disk of the database is full; nothing was changed.");
}

Result<void> check_call(const StatementText& statement, OpenLane lane, std::span<const Value> own) {
  if (statement.scope == Scope::fleet && lane != OpenLane::fleet)
    return bug(
        fmt::format("{} ({}) needs fleet_read or fleet_write", statement.name, statement.place));
  for (const Value& value : own)
    if (value.text().find('\0') != std::string_view::npos)
      return invalid("Text must not hold a zero character.");
  return {};
}

void FeedListeners::add(Database::FeedListener listener) {
  const std::lock_guard lock(mutex_);
  listeners_.push_back(std::make_shared<const Database::FeedListener>(std::move(listener)));
}

void FeedListeners::call(const std::optional<OrgId>& org) const {
  std::vector<std::shared_ptr<const Database::FeedListener>> now;
  {
    const std::lock_guard lock(mutex_);
    now = listeners_;
  }
  for (const auto& listener : now) (*listener)(org);
}

}  // namespace ks::sql
