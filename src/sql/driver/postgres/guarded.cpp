#include "sql/driver/postgres/guarded.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>

#include "sql/statements.hpp"

namespace ks::sql {

bool carries_guard(const StatementText& statement, const ReadGuard& guard,
                   std::string_view bound_client) {
  return (statement.rows == Rows::optional || statement.rows == Rows::one) &&
         statement.scope != Scope::fleet && guard.client.client().text() == bound_client;
}

std::string guarded_text(const StatementText& statement) {
  // In both texts $1 is the client.
  constexpr std::string_view kToken = "$2";
  std::string guard(q::session_guard.text->postgres);
  const std::size_t at = guard.find(kToken);
  KS_ASSERT(at != std::string::npos && guard.find(kToken, at + 1) == std::string::npos);
  const std::size_t own = statement.parameters.size();
  guard.replace(at, kToken.size(), fmt::format("${}", own + 1));
  return fmt::format(
      "SELECT answer.* FROM ({}) AS guard "
      "LEFT JOIN (SELECT TRUE AS there, body.* FROM ({}) AS body) AS answer ON TRUE "
      "WHERE guard.authz_version = ${} AND guard.state = 'active' AND guard.seen_at > ${} "
      "AND guard.expires_at > ${}",
      guard, statement.postgres, own + 2, own + 3, own + 4);
}

std::vector<Value> guarded_parameters(std::span<const Value> own, const ReadGuard& guard) {
  std::vector<Value> all(own.begin(), own.end());
  all.emplace_back(guard.session_hash);
  all.emplace_back(guard.authz_version);
  all.emplace_back(guard.now - kSessionIdleMax);
  all.emplace_back(guard.now);
  return all;
}

std::shared_ptr<const RowTable> guarded_rows(const pg_result* result) {
  const int rows = PQntuples(result);
  if (rows == 0) return nullptr;
  const bool there = PQgetisnull(result, 0, 0) == 0;
  return rows_of(result, 1, PQnfields(result), there ? rows : 0);
}

}  // namespace ks::sql
