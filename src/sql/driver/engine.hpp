#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sql/driver/sql_tx.hpp"
#include "store/transaction.hpp"

// What the two engines share.
namespace ks::sql {

// All parameters of a statement by number: its scope's, then its own.
std::vector<Value> parameters_of(const StatementText& statement, const ScopeValues& scope,
                                 std::span<const Value> own);

// A session ends after this time without use (spec: identity, session).
inline constexpr Duration kSessionIdleMax = hours(24);
// How long a body waits for a connection, or for its turn to have one.
inline constexpr Duration kConnectionWaitMax = seconds(10);
std::unexpected<Error> stale_guard();
// The rows of q::session_guard against what the caller believes.
Result<void> judge(const ReadGuard& guard, const RowTable& rows);
// The parameters of q::session_guard.
std::vector<Value> parameters_of(const ReadGuard& guard);

std::unexpected<Error> database_unavailable(std::string why);
std::unexpected<Error> storage_full();

enum class OpenLane { tenant, fleet };
// What is refused before the engine sees it: a fleet statement outside a fleet transaction, and
// text with a zero character, which one engine would cut and the other keep.
Result<void> check_call(const StatementText& statement, OpenLane lane, std::span<const Value> own);

class FeedListeners {
 public:
  void add(Database::FeedListener listener);
  void call(const std::optional<OrgId>& org) const;

 private:
  mutable std::mutex mutex_;
  std::vector<std::shared_ptr<const Database::FeedListener>> listeners_;
};

}  // namespace ks::sql
