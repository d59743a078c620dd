#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "authz/permit.hpp"
#include "authz/scope.hpp"
#include "base/error.hpp"
#include "sql/driver/row.hpp"
#include "sql/driver/statement.hpp"
#include "store/transaction.hpp"

namespace ks::sql {

// The parts of a scope that a statement is bound to. Made by SqlTx::run alone, from proofs.
class ScopeValues {
 public:
  std::string_view client() const noexcept { return client_; }
  std::string_view org() const noexcept { return org_; }
  std::string_view user() const noexcept { return user_; }
  Scope scope() const noexcept { return scope_; }
  friend bool operator==(const ScopeValues&, const ScopeValues&) = default;

 private:
  friend class SqlTx;
  ScopeValues(Scope scope, std::string_view client, std::string_view org, std::string_view user)
      : scope_(scope), client_(client), org_(org), user_(user) {}
  Scope scope_;
  std::string_view client_, org_, user_;
};

template <Rows R>
struct Answer;
template <>
struct Answer<Rows::none> {
  using Type = std::int64_t;  // Changed rows.
};
template <>
struct Answer<Rows::one> {
  using Type = Row;  // No row is `bug`.
};
template <>
struct Answer<Rows::optional> {
  using Type = std::optional<Row>;
};
template <>
struct Answer<Rows::many> {
  using Type = std::vector<Row>;
};

// The one way to a row. What is passed first opens the statements of its scope and no others, and
// the statement is bound to it here, so that a tenant is never a parameter that a caller fills in.
//
// Broken constraints give `conflict` with the constraint's name as the problem
// ("users_email_taken";
// "<table>_pkey" for a primary key), a missing referred row "foreign_key". A statement that failed
// ends its transaction on either engine: what follows in the body fails too and nothing is
// committed. Where a conflict is expected and the body goes on, use ON CONFLICT DO NOTHING.
class SqlTx : public Tx {
 public:
  template <Rows R, int P, class... Args>
  Result<typename Answer<R>::Type> run(const AnyPermit& permit,
                                       const Statement<Scope::tenant, R, P>& statement,
                                       const Args&... args) {
    return run_in(of(permit.scope()), statement, args...);
  }
  // For Directory: what the authorizer asks before it decides.
  template <Rows R, int P, class... Args>
  Result<typename Answer<R>::Type> run(const Lookup& lookup,
                                       const Statement<Scope::tenant, R, P>& statement,
                                       const Args&... args) {
    return run_in(of(lookup.scope()), statement, args...);
  }
  template <Rows R, int P, class... Args>
  Result<typename Answer<R>::Type> run(const ClientScope& scope,
                                       const Statement<Scope::client, R, P>& statement,
                                       const Args&... args) {
    return run_in(ScopeValues(Scope::client, scope.client().text(), {}, {}), statement, args...);
  }
  template <Rows R, int P, class... Args>
  Result<typename Answer<R>::Type> run(const PersonScope& scope,
                                       const Statement<Scope::person, R, P>& statement,
                                       const Args&... args) {
    return run_in(ScopeValues(Scope::person, scope.client().text(), {}, scope.user().text()),
                  statement, args...);
  }
  // Only inside fleet_read() and fleet_write().
  template <Rows R, int P, class... Args>
  Result<typename Answer<R>::Type> run(const FleetScope&,
                                       const Statement<Scope::fleet, R, P>& statement,
                                       const Args&... args) {
    return run_in(ScopeValues(Scope::fleet, {}, {}, {}), statement, args...);
  }

  // The actor's rights in the organization were looked at under its lock: what this transaction
  // does to them from here on is its own doing.
  void settle_rights(const OrgId& org) { settled_.push_back(org); }
  bool has_settled_rights(const OrgId& org) const {
    return std::ranges::find(settled_, org) != settled_.end();
  }

  // Says that this transaction changes the organization's feed: Database::on_feed's listeners hear
  // of it after the commit.
  virtual void feed_changed(const OrgId& org) = 0;

 protected:
  virtual Result<std::shared_ptr<const RowTable>> execute(const StatementText& statement,
                                                          const ScopeValues& scope,
                                                          std::span<const Value> own) = 0;

 private:
  static ScopeValues of(const TenantScope& scope) {
    return {Scope::tenant, scope.client().text(), scope.org().text(), {}};
  }

  template <Scope S, Rows R, int P, class... Args>
  Result<typename Answer<R>::Type> run_in(const ScopeValues& scope,
                                          const Statement<S, R, P>& statement,
                                          const Args&... args) {
    static_assert(sizeof...(Args) == P, "one argument for each own parameter of the statement");
    const std::array<Value, P> values{Value(args)...};
    auto table = execute(*statement.text, scope, values);
    if (!table) return std::unexpected(std::move(table).error());
    return shape<R>(*statement.text, std::move(*table));
  }

  template <Rows R>
  static Result<typename Answer<R>::Type> shape(const StatementText& statement,
                                                std::shared_ptr<const RowTable> table) {
    if constexpr (R == Rows::none) {
      return table->affected();
    } else if constexpr (R == Rows::many) {
      std::vector<Row> rows;
      rows.reserve(table->rows());
      for (std::size_t i = 0; i < table->rows(); ++i) rows.emplace_back(table, i);
      return rows;
    } else {
      if (table->rows() > 1) return wrong_count(statement, table->rows());
      if constexpr (R == Rows::one) {
        if (table->rows() == 0) return wrong_count(statement, 0);
        return Row(std::move(table), 0);
      } else {
        if (table->rows() == 0) return std::optional<Row>();
        return std::optional<Row>(Row(std::move(table), 0));
      }
    }
  }
  static std::unexpected<Error> wrong_count(const StatementText& statement, std::size_t rows);

  std::vector<OrgId> settled_;
};

// Every Tx of this program is a SqlTx.
inline SqlTx& sql_tx(Tx& tx) { return static_cast<SqlTx&>(tx); }

}  // namespace ks::sql
